"""Linux' desktops: a StatusNotifier host where there is one, else an XEmbed tray, else a word that there is neither."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

from traybeat.host.logs import fields
from traybeat.tray.linux.statusnotifier import SLICE_SECONDS, Hosting
from traybeat.tray.show import Ending, Hands

log = logging.getLogger("traybeat.tray")

PATIENCE_SECONDS = 10.0
"""How long a panel may take to come up after login before it is said that there is none."""
FAULT_SECONDS = 60.0


class Notifier(Protocol):
    """Shows the icon on StatusNotifier hosts."""

    def run(self, hands: Hands, ending: Ending, hosting: Hosting) -> None:
        """Show it until the end."""


class Embedder(Protocol):
    """Shows the icon in XEmbed trays."""

    def run(self, hands: Hands, wanted: Callable[[], bool], docked: Callable[[bool], None]) -> None:
        """Show it for as long as it is wanted, and say whether a tray has it."""


class Desktop:
    """The backend; the trays of the older kind are a thread's business, for as long as there is no host."""

    def __init__(
        self,
        notifier: Notifier | None,
        embedder: Embedder | None,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._notifier = notifier
        self._embedder = embedder
        self._monotonic = monotonic
        self._sleep = sleep

    def run(self, hands: Hands, ending: Ending) -> None:
        """Show the icon until the end, wherever there is something that shows it."""
        state = _State(hands, ending, self._embedder, self._monotonic, self._sleep)
        if self._notifier is not None:
            self._notifier.run(hands, ending, state)
            return
        state.hosted(yes=False)
        while not ending.asked:
            state.tick()
            self._sleep(SLICE_SECONDS)


class _State:
    """Who shows the icon, and since when nobody does."""

    def __init__(
        self,
        hands: Hands,
        ending: Ending,
        embedder: Embedder | None,
        monotonic: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._hands = hands
        self._ending = ending
        self._embedder = embedder
        self._monotonic = monotonic
        self._sleep = sleep
        self._hosted: bool | None = None
        self._docked = False
        self._since = monotonic()
        self._told = False
        self._thread: threading.Thread | None = None

    def hosted(self, *, yes: bool) -> None:
        """Take on whether a host shows the icon."""
        if yes and not self._hosted:
            log.info("the icon is shown", extra=fields(part="tray", by="StatusNotifier"))
        self._hosted = yes
        self.tick()

    def tick(self) -> None:
        """Look for the other kind of tray while there is no host; say once that there is neither."""
        if self._hosted or self._docked:
            self._since = self._monotonic()
        elif not self._told and self._monotonic() - self._since > PATIENCE_SECONDS:
            self._told = True
            self._hands.missing()
        if self._hosted is False and self._embedder is not None and not (self._thread and self._thread.is_alive()):
            self._thread = threading.Thread(target=self._embed, args=(self._embedder,), name="tray", daemon=True)
            self._thread.start()

    def _embed(self, embedder: Embedder) -> None:
        while self._wanted():
            try:
                embedder.run(self._hands, self._wanted, self._dock)
            except Exception as error:
                log.exception("no icon in this tray", extra=fields(part="tray", kind=type(error).__name__))
                self._docked = False
                self._rest()

    def _rest(self) -> None:
        until = self._monotonic() + FAULT_SECONDS
        while self._wanted() and self._monotonic() < until:
            self._sleep(SLICE_SECONDS)

    def _wanted(self) -> bool:
        return self._hosted is False and not self._ending.asked

    def _dock(self, docked: bool) -> None:
        if docked and not self._docked:
            log.info("the icon is shown", extra=fields(part="tray", by="XEmbed"))
        self._docked = docked
