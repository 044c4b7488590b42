"""The tray of Windows and macOS, through pystray. It must own the main thread on macOS."""

import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from traybeat.channels.balloon import Balloons, cut
from traybeat.host.logs import fields
from traybeat.tray.glance import Face
from traybeat.tray.menu import Entry
from traybeat.tray.picture import draw
from traybeat.tray.show import Ending, Hands, Show

log = logging.getLogger("traybeat.tray")

LONGEST_TITLE = 127
"""NOTIFYICONDATA's szTip has room for so many UTF-16 units, and an end."""
LOOK_SECONDS = 2.0
END_SECONDS = 0.5


class Manners(Protocol):
    """What the systems do differently. `size` is the edge of the picture in pixels; `template`: shapes to be tinted."""

    size: int
    template: bool
    asks_for_menu: bool
    """Whether the icon itself asks for the menu as it is opened; else it is handed over whenever it changes."""

    def begin(self) -> None:
        """Make ready, on the main thread."""

    def icon(self, pystray: Any, opened: Callable[[], None]) -> Any:
        """Give what stands for pystray's Icon; `opened` is what a click on a notification does."""

    def label(self, text: str) -> str:
        """Write a text so that a menu shows it as it is."""

    def call(self, work: Callable[[], None]) -> None:
        """Do something to the icon, on the thread that it wants."""


class Native:
    """Shows the icon by the system's own means, and lends it to the notifications that need one."""

    def __init__(
        self, pystray: Any, manners: Manners, balloons: Balloons | None = None, seconds: float = LOOK_SECONDS
    ) -> None:
        self._pystray = pystray
        self._manners = manners
        self._balloons = balloons or Balloons()
        self._seconds = seconds
        self._face: Face | None = None

    def run(self, hands: Hands, ending: Ending) -> None:
        """Show the icon until the end; a thread of its own follows what is newest."""
        first = hands.look()
        icon = self._manners.icon(self._pystray, lambda: hands.act("open"))(
            "traybeat",
            self._picture(first),
            tip(first),
            self._pystray.Menu(lambda: self._items(hands, hands.menu(), first=True)),
        )
        self._face = first.face
        self._manners.begin()
        try:
            icon.run(setup=lambda _: self._begin(icon, hands, ending, first))
        finally:
            self._balloons.lend(None)

    def _begin(self, icon: Any, hands: Hands, ending: Ending, first: Show) -> None:
        self._manners.call(partial(self._bring, icon, first))
        threading.Thread(target=self._follow, args=(icon, hands, ending), name="tray", daemon=True).start()

    def _follow(self, icon: Any, hands: Hands, ending: Ending) -> None:
        while not _ends(ending, self._seconds):
            try:
                show = hands.look()
            except Exception as error:
                log.exception(
                    "the icon is not brought up to date", extra=fields(part="tray", kind=type(error).__name__)
                )
            else:
                self._manners.call(partial(self._bring, icon, show))
        self._manners.call(icon.stop)

    def _bring(self, icon: Any, now: Show) -> None:
        """Bring the icon up to date; while the taskbar is not there, at login or as it restarts, that fails."""
        try:
            if not icon.visible:
                icon.visible = True
                self._balloons.lend(getattr(icon, "balloon", None))
            changed = now.face != self._face
            if changed:
                icon.icon = self._picture(now)
                self._face = now.face
            if icon.title != tip(now):
                changed = True
                icon.title = tip(now)
            if changed and not self._manners.asks_for_menu:
                icon.update_menu()
        except OSError as error:
            log.info("the icon can't be shown now", extra=fields(part="tray", kind=type(error).__name__))

    def _picture(self, show: Show) -> Any:
        return draw(show.face, self._manners.size, template=self._manners.template)

    def _items(self, hands: Hands, entries: tuple[Entry, ...], *, first: bool = False) -> list[Any]:
        items = []
        if first:  # what a left click does; not shown
            items.append(self._pystray.MenuItem("", lambda: hands.act("open"), default=True, visible=False))
        return [*items, *(self._item(hands, entry) for entry in entries)]

    def _item(self, hands: Hands, entry: Entry) -> Any:
        key, checked, text = entry.key, entry.checked, self._manners.label(entry.text)
        if not entry.text:
            return self._pystray.Menu.SEPARATOR
        if entry.children:
            return self._pystray.MenuItem(text, self._pystray.Menu(*self._items(hands, entry.children)))
        return self._pystray.MenuItem(
            text,
            None if key is None else (lambda: hands.act(key)),
            checked=None if checked is None else (lambda _: checked),
            enabled=entry.key is not None,
        )


def _ends(ending: Ending, seconds: float) -> bool:
    """Wait so long, less if the program is asked to end; say whether it is."""
    pause = threading.Event()
    for _ in range(round(seconds / END_SECONDS)):
        if ending.asked:
            return True
        pause.wait(END_SECONDS)
    return ending.asked


def tip(show: Show) -> str:
    """Give the tooltip, cut to what Windows takes."""
    return cut("\n".join(show.tooltip), LONGEST_TITLE)
