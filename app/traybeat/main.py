"""The composition root: the only place that constructs, and that knows the real clock, files and modules."""

import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from html import escape
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import psutil

import traybeat
from traybeat.api.answering import Answering
from traybeat.channels.desktop import SessionBus, session_bus
from traybeat.composition.alarm import Alarm
from traybeat.composition.front import Front, answers
from traybeat.composition.inspection import beyond_types, families, known, schema
from traybeat.composition.system import allocator, backend, collectors, login
from traybeat.engine import monitor
from traybeat.engine.control import Answer, Control, Request
from traybeat.engine.health import Wards
from traybeat.engine.keys import create_key, encode_keys
from traybeat.engine.latest import Latest
from traybeat.engine.monitor import Monitor, OwnUsage
from traybeat.engine.pace import Pace
from traybeat.engine.pump import Pump
from traybeat.engine.rates import Rates
from traybeat.engine.sampling import Sampling
from traybeat.engine.site import Condition, Rhythm, SiteState, loopback
from traybeat.engine.status import HistoryState, Reporter, SettingsState
from traybeat.engine.supervisor import Supervisor
from traybeat.engine.updates import UpdateCheck
from traybeat.engine.web import Web
from traybeat.exporter.exporter import Exporter
from traybeat.exporter.exposition import Exposition
from traybeat.exporter.unsealing import Unsealing
from traybeat.host import control
from traybeat.host.clock import slept
from traybeat.host.logs import Logging
from traybeat.host.paths import Paths
from traybeat.host.session import VARIABLES, described, graphical
from traybeat.host.vault import open_vault
from traybeat.model.errors import WrongSettingsError
from traybeat.model.message import Unreachable
from traybeat.model.metric import Sample
from traybeat.model.service import Clock
from traybeat.model.settings import Settings
from traybeat.settings.live import LiveSettings
from traybeat.settings.loader import Loaded
from traybeat.store.history import History
from traybeat.updates.asking import ask
from traybeat.updates.edition import built

if TYPE_CHECKING:
    from traybeat.engine.welcome import Welcome
    from traybeat.tray.tray import Tray
    from traybeat.window.keeper import Keeper

_FIRST_ANSWER_SECONDS = 5.0


class Application:
    """Everything that the resident process consists of, put together; raises WrongSettingsError."""

    def __init__(self, paths: Paths, clock: Clock, loaded: Loaded, notices: Sequence[str], logging: Logging) -> None:
        tidy = allocator()  # before the first thread
        self._settings, self._logging, self._notices = loaded.settings, logging, notices
        self._vault = secrets = open_vault(paths.secret_names, os.environ)
        if found := beyond_types(self._settings, secrets.quick):
            raise WrongSettingsError(found)
        self._supervisor, self._latest, wards, pace = Supervisor(), Latest(), Wards(), Pace(self._settings.limits)
        self._exposition = Exposition(self._latest, clock)
        self._history = History(paths.telemetry, clock, self._settings.history)
        self._alarm = Alarm(paths, clock, self._settings, secrets, self._supervisor, self._history.reader, pace)
        rates = Rates(clock.wall)
        self._front = Front(paths, clock, self._settings, rates, secrets, self._alarm, tidy)
        feed = self._front.feed
        self._alarm.changed = lambda: feed.changed("alerts")
        self._pump = Pump((self._latest, self._exposition, self._history, self._alarm.alerting, feed))
        emit = self._pump.emit
        builders = {name: partial(one.build, seen) for name, (one, seen) in collectors(clock).items()}
        self._sampling = Sampling(builders, self._supervisor, clock, emit, wards, self._latest, pace)
        self._exporter = Exporter(
            *(self._exposition, self._parts, secrets.quick, socket.gethostname(), self._settings, Rhythm()),
            *(rates, self._unseal),
        )
        self._monitor = Monitor(
            *(clock, OwnUsage(psutil), emit, wards, self._latest, pace, self._counts, tidy),
            slept,
            self._alarm.notifier.wake,
        )
        edition, agent = built(), f"Traybeat/{traybeat.__version__}"
        self._updates = UpdateCheck(
            *(paths.updates, clock, self._supervisor, partial(ask, agent=agent), edition, traybeat.__version__),
            self._tell,
        )
        listeners = (
            *(self._exporter, self._history, self._sampling, self._monitor),
            *(self._alarm.alerting, self._alarm.notifier, self._front.api),
            self._updates,
        )
        self._live = LiveSettings(paths.settings, os.environ, schema(), loaded, listeners, clock)
        self._paths, self._clock = paths, clock
        self._window: Keeper | None = None
        self._guard = Lock()
        reporter = Reporter(
            clock,
            self._latest,
            wards,
            pace,
            self._sites,
            self._told,
            self._kept,
            self._alarm.state,
            lambda: self._updates.state,
            self._noticed,
            os.getpid(),
        )
        orders: Mapping[str, Answer] = {
            "status": lambda _: reporter.encoded(),
            "window": self._show,
            "code": lambda _: json.dumps({"code": self._code()}).encode(),
            "keys": lambda _: encode_keys(self._front.keyring),
            "create-key": lambda request: create_key(self._front.keyring, request),
            "revoke-key": lambda request: _done(partial(self._front.keyring.revoke, request["name"])),
            "flush": lambda _: _done(self._history.flush),
            "backup": lambda request: _done(partial(self._history.backup, Path(request["file"]))),
            "restore": lambda request: _done(partial(self._history.restore, Path(request["file"]))),
        }
        answering = Answering(
            clock=clock,
            paths=paths,
            schema=schema(),
            known=known(),
            families=families(),
            status=reporter.status,
            parts=self._parts,
            live=self._live,
            latest=self._latest,
            reader=self._history.reader,
            alarm=self._alarm,
            vault=self._vault,
            doors=self._front.doors,
            cache=self._front.cache,
            feed=feed,
            welcome=lambda: self.welcome,
        )
        self._front.late.build = partial(answers, answering)
        self._web = Web((self._exporter.site, self._front.api.site, Control(control.address(paths), orders)))

    def start(self) -> None:
        """Start every part."""
        self._supervisor.start(self._history)
        self._alarm.start()
        self._supervisor.start(self._pump)
        self._sampling.apply(Settings(), self._settings)
        self._updates.apply(Settings(), self._settings)
        for service in (self._web, self._monitor, self._live):
            self._supervisor.start(service)
        self._unseal()
        if sys.platform == "linux" and graphical(os.environ):
            from traybeat.host.linux.login1 import Login1

            self._supervisor.start(Login1(self._slumber))

    def _slumber(self, asleep: bool) -> None:
        """Have everything on the disk before a sleep that may end in an empty battery; look around after it."""
        if asleep:
            self._history.flush()
        else:
            self._monitor.tick()

    def greeting(self, hurry: Callable[[], bool]) -> str | None:
        """Say in one line that the program runs, once it listens or can't; None where `hurry` says to go on without."""
        deadline = time.monotonic() + _FIRST_ANSWER_SECONDS
        sites = (self._exporter.site, self._front.api.site)
        for site in sites:
            while not site.settled.wait(0.02):
                if hurry() or time.monotonic() > deadline:
                    return None
        return greeting(*(site.state for site in sites))

    def stop(self) -> tuple[str, ...]:
        """End every part within five seconds, and name those that did not."""
        laggards = self._supervisor.stop()
        self._alarm.close()
        return laggards

    def _show(self, request: Request) -> bytes:
        session = {name: str(value) for name, value in json.loads(request["session"]).items() if name in VARIABLES}
        return _done(lambda: self.window().show(request["page"], session))

    def tray(self, quit_: Callable[[], None]) -> "Tray | None":
        """Give the icon, where there is a screen; `quit_` ends the program."""
        shown_by = backend()
        if shown_by is None:
            return None
        from traybeat.tray.reception import Reception
        from traybeat.tray.tray import Tray

        desk = Reception(
            self._clock,
            self._latest.snapshot,
            self._alarm,
            self._alarm.snoozes,
            self._sampling,
            lambda: self._live.current.appearance,
            lambda: login(self._paths.options),
            lambda page: self.window().show(page, described(os.environ)),
            quit_,
            self._tell,
        )
        return Tray(desk, shown_by)

    def window(self) -> "Keeper":
        """Give the window's keeper; it and all it needs is loaded once somebody wants to see something."""
        from traybeat.window.browser import Browser
        from traybeat.window.keeper import Keeper

        with self._guard:
            if self._window is None:
                browser = Browser(self._paths.runtime)
                self._window = Keeper(
                    *(self._dashboard, self._code, self._paths.window, browser, self._clock, self._tell)
                )
                self._supervisor.start(self._window)
            return self._window

    @property
    def welcome(self) -> "Welcome":
        """Give what the page of welcome, on the first run, shows and does."""
        from traybeat.engine.welcome import Welcome

        return Welcome(
            self._paths.welcomed,
            login(self._paths.options),
            lambda: self._live.current,
            self._scraped,
            self._alarm.notifier.names,
        )

    def _dashboard(self) -> str | None:
        """Give where the dashboard is served; None while nobody can reach it."""
        state = self._front.api.site.state
        return state.url if state.condition is Condition.LISTENING else None

    def _code(self) -> str:
        return self._front.sessions.code()

    def _tell(self, text: str) -> None:
        """Tell whoever sits at the machine; the log and `traybeat status` have it already."""
        address = session_bus(os.environ) if sys.platform == "linux" else None
        if address is not None:
            with suppress(Unreachable):
                SessionBus(address).show(0, "dialog-warning", "Traybeat", escape(text, quote=False), 1)

    def _scraped(self) -> tuple[str | None, bool]:
        """Say where Prometheus scrapes, and whether from elsewhere."""
        state = self._exporter.site.state
        listens = state.condition is Condition.LISTENING
        return (state.url if listens else None), not loopback(self._live.current.exporter.address)

    def _unseal(self) -> None:
        if self._exporter.sealed:
            self._supervisor.end(Unsealing.name, 0.1)
            self._supervisor.start(Unsealing(self._exporter, self._vault))

    def _counts(self) -> Iterator[Sample]:
        for service, restarts in self._supervisor.restarts().items():
            yield monitor.RESTARTS.sample(restarts, service)
        yield monitor.BATCHES.sample(self._pump.dropped)
        yield monitor.LINES.sample(self._logging.once.held_back)
        yield from self._history.state().samples()
        yield from self._alarm.counts()

    def _told(self) -> SettingsState:
        state = self._live.state
        told = tuple(str(fault) for fault in state.faults)
        return SettingsState(state.path, state.loaded_at, state.overridden, told, state.notice)

    def _kept(self) -> HistoryState:
        state = self._history.state()
        return HistoryState(
            path=str(state.path),
            on_disk=state.on_disk,
            trouble=state.trouble,
            committed=state.committed,
            disk_bytes=state.bytes_on_disk,
            memory_bytes=state.bytes_in_memory,
            series=state.series,
        )

    def _parts(self) -> Mapping[str, str]:
        troubles = {"history": self._history.state().trouble, "alerts": self._alarm.problem}
        return {part: "ok" if trouble is None else "in memory only" for part, trouble in troubles.items()}

    def _sites(self) -> tuple[tuple[SiteState, float | None], ...]:
        return ((self._exporter.site.state, self._exposition.last_scrape), (self._front.api.site.state, None))

    def _noticed(self) -> Sequence[str]:
        window = self._window.outlook.problem if self._window else None
        told = (self._exporter.sealed, window, self._front.api.problem)
        return [*self._notices, *filter(None, told)]


def _done(work: Callable[[], None]) -> bytes:
    work()
    return b'{"done": true}'


def greeting(exporter: SiteState, dashboard: SiteState) -> str:
    """Say in one line that the program runs, and where its metrics and its dashboard are."""
    metrics = (
        f"metrics are at {exporter.url}/metrics"
        if exporter.condition is Condition.LISTENING
        else exporter.problem or "the exporter is switched off"
    )
    page = (
        f"the dashboard is at {dashboard.url}"
        if dashboard.condition is Condition.LISTENING
        else dashboard.problem or "the dashboard is switched off"
    )
    return f"Traybeat {traybeat.__version__} runs headless; {metrics}; {page}"
