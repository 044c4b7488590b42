"""The desk of the running program: what the tray tells comes from memory, what is chosen in it is done elsewhere."""

from collections.abc import Callable, Mapping
from typing import Protocol

from traybeat.alerts.silence import Snooze, Snoozes, tomorrow
from traybeat.engine.sampling import Sampling
from traybeat.engine.status import Readings, Values, readings
from traybeat.host.autostart import Autostart, AutostartError
from traybeat.model.metric import Batch
from traybeat.model.service import Clock
from traybeat.model.settings import Appearance
from traybeat.tray.glance import Alert, Glance, Mode, level

HOUR = 3600.0


class Alarms(Protocol):
    """What the tray asks of the alerts."""

    def severities(self) -> Mapping[str, int]:
        """Count the active alerts by severity; from memory."""

    def active(self) -> tuple[Alert, ...]:
        """Give them."""

    def quieten(self) -> None:
        """Take a change of what is held back on."""


class Reception:
    """Answers the tray. `open_` shows a page of the dashboard, `quit_` ends the program."""

    def __init__(
        self,
        clock: Clock,
        newest: Callable[[], Mapping[str, Batch]],
        alarms: Alarms,
        snoozes: Snoozes,
        sampling: Sampling,
        appearance: Callable[[], Appearance],
        autostart: Callable[[], Autostart],
        open_: Callable[[str], None],
        quit_: Callable[[], None],
        tell: Callable[[str], None],
        newer: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._clock = clock
        self._newest = newest
        self._alarms = alarms
        self._snoozes = snoozes
        self._sampling = sampling
        self._appearance = appearance
        self._autostart = autostart
        self._open = open_
        self._quit = quit_
        self.tell = tell
        self._newer = newer

    @property
    def mode(self) -> Mode:
        """How the icon is to look."""
        return self._appearance().tray

    @property
    def language(self) -> str:
        """Which language to speak."""
        return self._appearance().language

    def glance(self) -> Glance:
        """Say how things stand."""
        newest, counts = self._newest(), self._alarms.severities()
        values = Values({name: newest[name] for name in ("cpu", "memory") if name in newest})
        cpu, memory = values.one("system_cpu_busy_ratio"), values.one("system_memory_used_ratio")
        stands = level(counts, paused=self._sampling.paused, known=bool(newest))
        return Glance(stands, sum(counts.values()), cpu, memory)

    def readings(self) -> Readings:
        """Say what the tooltip tells."""
        return readings(self._newest())

    def alerts(self) -> tuple[Alert, ...]:
        """Name what is active."""
        return self._alarms.active()

    def newer(self) -> str | None:
        """Name a version that is newer than this one."""
        return self._newer()

    def login(self) -> bool | None:
        """Say whether Traybeat starts at login."""
        try:
            found = self._autostart().entry()
        except AutostartError:
            return None
        return None if found.problem else found.on

    def snoozed(self) -> bool:
        """Say whether alerts are held back."""
        return any(one.scope == "all" for one in self._snoozes.all(self._clock.wall()))

    def act(self, key: str) -> None:
        """Do what an entry of the menu is for."""
        what, _, which = key.partition(":")
        match what:
            case "open":
                self._open("")
            case "alert":
                self._open(f"alerts/{which}")
            case "settings":
                self._open("settings")
            case "about" | "newer":
                self._open("diagnostics")
            case "snooze-hour" | "snooze-tomorrow" | "snooze-end":
                self._snooze(what)
            case "pause":
                self._sampling.pause(on=not self._sampling.paused)
            case "login":
                self._autostart().switch(on=not self.login())
            case "quit":
                self._quit()

    def _snooze(self, what: str) -> None:
        now = self._clock.wall()
        if what == "snooze-end":
            self._snoozes.drop("all")
        else:
            self._snoozes.put(Snooze("all", "", now + HOUR if what == "snooze-hour" else tomorrow(now)))
        self._alarms.quieten()
