"""The first run: what the one page of welcome shows and does."""

from collections.abc import Callable
from pathlib import Path

import msgspec

from traybeat.host.autostart import Autostart, AutostartError, Entry
from traybeat.host.files import write_private
from traybeat.model.settings import Settings
from traybeat.model.stop import Stop
from traybeat.updates.edition import Edition, chosen

LOOKS, LOOK_SECONDS = 50, 0.2


class LoginState(msgspec.Struct, frozen=True):
    """Start at login: whether it is on, where that is written, and why it can't be switched where it can't."""

    on: bool
    place: str | None
    problem: str | None


class WelcomeState(msgspec.Struct, frozen=True):
    """What the page of welcome shows.

    `shown` is whether somebody has been through with it, `watched` names the collectors that run, `metrics_url` is
    where Prometheus scrapes (None while nobody can), `network` whether other machines may, `channels` those set up for
    alerts, `updates` whether newer versions are asked for (None in a copy that knows nobody to ask).
    """

    shown: bool
    watched: tuple[str, ...]
    login: LoginState
    metrics_url: str | None
    network: bool
    channels: tuple[str, ...]
    updates: bool | None


class Welcome:
    """Knows whether the welcome was shown, and switches start at login.

    What else the page changes are settings, and its try-out is a channel's test message, as anywhere. `listening` gives
    the exporter's address and whether the network can reach it.
    """

    def __init__(
        self,
        marker: Path,
        autostart: Autostart,
        settings: Callable[[], Settings],
        listening: Callable[[], tuple[str | None, bool]],
        channels: Callable[[], tuple[str, ...]],
        edition: Edition,
    ) -> None:
        self._marker = marker
        self._autostart = autostart
        self._settings = settings
        self._listening = listening
        self._channels = channels
        self._edition = edition

    @property
    def shown(self) -> bool:
        """Whether somebody has been through with it."""
        return self._marker.exists()

    def state(self) -> WelcomeState:
        """Give what the page shows."""
        url, network = self._listening()
        settings = self._settings()
        watched = tuple(name for name, one in settings.collectors.items() if one.enabled)
        updates = settings.updates.check if chosen(settings.updates, self._edition).manifest else None
        return WelcomeState(self.shown, watched, self.login(), url, network, self._channels(), updates)

    def login(self) -> LoginState:
        """Say how start at login is."""
        return _told(self._autostart.entry)

    def start_at_login(self, *, on: bool) -> LoginState:
        """Switch it on or off, and say how it is then; where that fails, `problem` says why."""
        return _told(lambda: self._autostart.switch(on=on))

    def finish(self) -> None:
        """Never show it again; raises OSError where that can't be noted."""
        write_private(self._marker, b"")


class Opening:
    """The service of the first run: opens the window once the dashboard `listens`, and ends; `show` opens it."""

    name = "first window"

    def __init__(self, listens: Callable[[], bool], show: Callable[[], None]) -> None:
        self._listens = listens
        self._show = show

    def run(self, stop: Stop) -> None:
        """Open it within ten seconds, or not at all: where nothing listens, there is nothing to see."""
        for _ in range(LOOKS):
            if self._listens():
                self._show()
                return
            if stop.wait(LOOK_SECONDS):
                return


def _told(look: Callable[[], Entry]) -> LoginState:
    try:
        entry = look()
    except AutostartError as error:
        return LoginState(on=False, place=None, problem=str(error))
    return LoginState(entry.on, entry.place, entry.problem)
