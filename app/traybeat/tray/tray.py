"""The tray: follows the state of things, and hands what is to be shown to the system's way."""

import logging
from collections import deque

from traybeat.host.logs import fields
from traybeat.tray.desk import Desk
from traybeat.tray.glance import PAST, Details, Face, face
from traybeat.tray.menu import Entry, menu, tooltip
from traybeat.tray.show import Backend, Ending, Hands, Show
from traybeat.tray.texts import texts

log = logging.getLogger("traybeat.tray")


class Tray:
    """The icon of one running program."""

    def __init__(self, desk: Desk, backend: Backend) -> None:
        self._desk = desk
        self._backend = backend
        self._past: deque[float] = deque(maxlen=PAST)

    def run(self, ending: Ending) -> None:
        """Show the icon until the program is asked to end; whatever goes wrong with it, the rest goes on."""
        try:
            self._backend.run(Hands(self._look, self._menu, self._act, self._missing), ending)
        except Exception as error:
            log.exception("no tray", extra=fields(part="tray", kind=type(error).__name__))

    def _look(self) -> Show:
        glance = self._desk.glance()
        if glance.cpu is not None:
            self._past.append(glance.cpu)
        seen: Face = face(glance, self._desk.mode, tuple(self._past))
        return Show(seen, tooltip(glance, self._desk.readings(), texts(self._desk.language)))

    def _menu(self) -> tuple[Entry, ...]:
        desk = self._desk
        words = texts(desk.language)
        details = Details(desk.readings(), desk.alerts(), desk.newer())
        return menu(desk.glance(), details, words, login=desk.login(), snoozed=desk.snoozed())

    def _act(self, key: str) -> None:
        log.info("chosen in the tray", extra=fields(part="tray", entry=key.partition(":")[0]))
        try:
            self._desk.act(key)
        except Exception as error:
            log.exception("an entry of the menu failed", extra=fields(part="tray", kind=type(error).__name__))

    def _missing(self) -> None:
        log.warning("nothing shows tray icons here", extra=fields(part="tray"))
        self._desk.tell(texts(self._desk.language)["no-tray"])
