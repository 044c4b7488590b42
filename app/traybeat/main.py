"""The composition root: the only place that constructs, and that knows the real clock, files and modules."""

import hashlib
import json
import os
import random
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from html import escape
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import psutil

import traybeat
from traybeat.alerts import rules
from traybeat.alerts.history import AlertHistory
from traybeat.alerts.journal import Journal
from traybeat.alerts.outbox import Outbox
from traybeat.alerts.records import Records
from traybeat.alerts.rulebook import Rulebook
from traybeat.alerts.rules import Known
from traybeat.alerts.silence import Silence, Snoozes, quiet_hours_faults
from traybeat.api.answering import Answering
from traybeat.api.api import Api, Late
from traybeat.api.api import faults as api_faults
from traybeat.api.cache import Cache
from traybeat.api.guard import Doors
from traybeat.api.ledger import Ledger
from traybeat.channels import registry as channels
from traybeat.channels.desktop import SessionBus, session_bus
from traybeat.collectors.registry import Registration, discover
from traybeat.engine import monitor, notifier
from traybeat.engine.alerting import Alerting
from traybeat.engine.control import Answer, Control, Request
from traybeat.engine.feed import Feed
from traybeat.engine.health import Wards
from traybeat.engine.keys import Keyring, create_key, encode_keys
from traybeat.engine.latest import Latest
from traybeat.engine.monitor import Monitor, OwnUsage
from traybeat.engine.pace import Pace
from traybeat.engine.pump import Pump
from traybeat.engine.rates import Rates
from traybeat.engine.recollection import Recollection
from traybeat.engine.refusal import App
from traybeat.engine.sampling import Sampling
from traybeat.engine.sessions import Sessions
from traybeat.engine.site import Condition, Rhythm, SiteState, loopback
from traybeat.engine.status import ActiveAlert, AlertsState, Channel, HistoryState, Reporter, SettingsState
from traybeat.engine.supervisor import Supervisor
from traybeat.engine.web import Web
from traybeat.exporter.exporter import Exporter, faults
from traybeat.exporter.exposition import Exposition
from traybeat.exporter.unsealing import Unsealing
from traybeat.host import control
from traybeat.host.clock import slept
from traybeat.host.connectivity import online
from traybeat.host.logs import Logging
from traybeat.host.machine import Machine, Roots
from traybeat.host.paths import Paths
from traybeat.host.session import VARIABLES, described, graphical
from traybeat.host.vault import Vault, open_vault
from traybeat.model.errors import Fault, WrongSettingsError
from traybeat.model.message import Unreachable
from traybeat.model.metric import Metric, Sample
from traybeat.model.service import Clock, Secrets
from traybeat.model.settings import Settings
from traybeat.settings.live import LiveSettings
from traybeat.settings.loader import Loaded, read
from traybeat.settings.tree import Schema
from traybeat.store.history import History
from traybeat.store.history import faults as history_faults
from traybeat.store.reader import Reader

if TYPE_CHECKING:
    from traybeat.engine.welcome import Welcome
    from traybeat.host.autostart import Autostart
    from traybeat.tray.glance import Alert as TrayAlert
    from traybeat.tray.show import Backend
    from traybeat.tray.tray import Tray
    from traybeat.window.keeper import Keeper

_FIRST_ANSWER_SECONDS = 5.0


if sys.platform == "linux":

    def machine(clock: Clock) -> Machine:
        """Build the view of this machine: Linux's own files."""
        from traybeat.host.linux.battery import LinuxBattery
        from traybeat.host.linux.cpu import LinuxCpu
        from traybeat.host.linux.disk import LinuxDisk
        from traybeat.host.linux.memory import LinuxMemory
        from traybeat.host.linux.network import LinuxNetwork
        from traybeat.host.linux.process import LinuxProcess, Units
        from traybeat.host.linux.sensors import LinuxSensors

        roots, ticks = Roots(), os.sysconf("SC_CLK_TCK")
        return Machine(
            clock=clock,
            psutil=psutil,
            roots=roots,
            cpu=LinuxCpu(roots, psutil, clock, ticks),
            memory=LinuxMemory(roots),
            disk=LinuxDisk(roots, clock),
            network=LinuxNetwork(roots, clock),
            process=LinuxProcess(roots, clock, Units(ticks, os.sysconf("SC_PAGE_SIZE"))),
            sensors=LinuxSensors(roots, clock),
            battery=LinuxBattery(roots, clock),
        )

    def _allocator() -> Callable[[], None]:
        from traybeat.host.linux.malloc import restrain

        return restrain()

else:

    def machine(clock: Clock) -> Machine:
        """Build the view of this machine: what psutil tells."""
        from traybeat.host.portable.battery import PortableBattery
        from traybeat.host.portable.cpu import PortableCpu
        from traybeat.host.portable.disk import PortableDisk
        from traybeat.host.portable.memory import PortableMemory
        from traybeat.host.portable.network import PortableNetwork
        from traybeat.host.portable.process import PortableProcess
        from traybeat.host.portable.sensors import PortableSensors

        return Machine(
            clock=clock,
            psutil=psutil,
            roots=Roots(),
            cpu=PortableCpu(psutil, clock),
            memory=PortableMemory(psutil),
            disk=PortableDisk(psutil, clock),
            network=PortableNetwork(psutil, clock),
            process=PortableProcess(psutil),
            sensors=PortableSensors(psutil),
            battery=PortableBattery(psutil),
        )

    def _allocator() -> Callable[[], None]:
        return lambda: None


if sys.platform == "linux":

    def login(directories: Sequence[str] = ()) -> "Autostart":
        """Give the system's way to start at login; `directories` are options that name other ones."""
        from traybeat.host.autostart import command
        from traybeat.host.linux.autostart import XdgAutostart, folder

        return XdgAutostart(folder(os.environ, Path.home()), command(directories))

elif sys.platform == "darwin":

    def login(directories: Sequence[str] = ()) -> "Autostart":
        """Give the system's way to start at login; `directories` are options that name other ones."""
        from traybeat.host.autostart import command
        from traybeat.host.macos.autostart import LaunchAgent

        return LaunchAgent(Path.home(), command(directories))

else:

    def login(directories: Sequence[str] = ()) -> "Autostart":
        """Give the system's way to start at login; `directories` are options that name other ones."""
        import winreg

        from traybeat.host.autostart import command
        from traybeat.host.windows.autostart import RunKey

        return RunKey(winreg, command(directories))


def collectors(clock: Clock) -> Mapping[str, tuple[Registration, Machine]]:
    """Find the collectors, each with the machine that it reads."""
    seen = machine(clock)
    return {one.name: (one, seen) for one in discover()}


def schema() -> Schema:
    """Build the settings' schema, the collectors' and the channels' own options included."""
    return Schema({one.name: one.options for one in discover()}, {one.name: one.options for one in channels.discover()})


def known() -> Known:
    """Name what rules may name: the metrics that are recorded, and the channels."""
    metrics = [metric for one in discover() for metric in one.metrics] + list(monitor.METRICS)
    return Known({metric.name for metric in metrics}, {one.name for one in channels.discover()})


def families() -> Mapping[str, Sequence[Metric]]:
    """Give the metrics that are recorded, by their collector."""
    found = {one.name: [metric for metric in one.metrics if metric.precision is not None] for one in discover()}
    return {**found, "agent": [metric for metric in monitor.METRICS if metric.precision is not None]}


def examine(paths: Paths) -> tuple[Settings, tuple[Fault, ...]]:
    """Check the settings file as a start would, starting and writing nothing; settings with faults are the defaults."""
    try:
        loaded = read(paths.settings, os.environ, schema())
    except WrongSettingsError as wrong:
        return Settings(), wrong.faults
    found = beyond_types(loaded.settings, open_vault(paths.secret_names, os.environ))
    return loaded.settings, (*found, *rule_faults(paths))


def rule_faults(paths: Paths) -> tuple[Fault, ...]:
    """Check the rules file, where there is one."""
    try:
        rules.read(paths.rules.read_bytes(), known())
    except FileNotFoundError:
        return ()
    except OSError as error:
        return (Fault(str(paths.rules), f"no way to read it ({error.strerror})", "a file that Traybeat may read"),)
    except WrongSettingsError as wrong:
        return tuple(replace(fault, path=f"{paths.rules.name}: {fault.path}") for fault in wrong.faults)
    return ()


def beyond_types(settings: Settings, secrets: Secrets) -> tuple[Fault, ...]:
    """Find what the parts can't live with in settings whose values are right one by one."""
    return (
        *faults(settings.exporter, secrets),
        *history_faults(settings.history),
        *api_faults(settings, secrets),
        *notifier.faults(channels.discover(), settings),
        *(replace(one, path=f"alerts.{one.path}") for one in quiet_hours_faults(settings.alerts.quiet_hours)),
    )


class Alarm:
    """Everything between a rule and a message, put together; raises WrongSettingsError."""

    def __init__(
        self,
        paths: Paths,
        clock: Clock,
        settings: Settings,
        secrets: Secrets,
        supervisor: Supervisor,
        reader: Reader,
        pace: Pace,
    ) -> None:
        self._settings, self._supervisor, self._clock = settings, supervisor, clock
        self.journal = self._journal = Journal(paths.journal, clock.wall)
        self.changed: Callable[[], None] = lambda: None
        host = socket.gethostname()
        self.snoozes = Snoozes(self._journal)
        self.silence = silence = Silence(self.snoozes)
        outbox = Outbox(self._journal, silence, host)
        self.notifier = notifier.Notifier(
            channels.discover(),
            channels.Outfit(secrets, host, os.environ),
            outbox,
            supervisor,
            clock,
            online,
            random.random,
        )
        self.rulebook = self._rulebook = Rulebook(paths.rules, known(), clock.wall)
        self._rulebook.load()
        records = Records(self._journal, host, self.notifier.names)
        intervals = {name: one.interval_seconds for name, one in settings.collectors.items()}
        self.alerting = Alerting(
            self._rulebook,
            self._journal,
            records,
            silence,
            clock,
            lambda source: intervals.get(source, monitor.SECONDS) * pace.stretch,
            self._news,
            Recollection(reader),
            settings,
        )
        self._incidents = AlertHistory(self._journal)

    @property
    def problem(self) -> str | None:
        """Why past alerts and messages are kept in memory only, where they are."""
        return self._journal.problem

    def _news(self) -> None:
        self.notifier.wake()
        self.changed()

    def start(self) -> None:
        """Start the channels that are set up, then the evaluation."""
        self.notifier.apply(Settings(), self._settings)
        self._supervisor.start(self.alerting)

    def close(self) -> None:
        """Close the journal; nobody may work any more."""
        self._journal.close()

    def counts(self) -> Iterator[Sample]:
        """Count what is active, and the messages."""
        yield from self.alerting.counts()
        yield from self.notifier.counts()

    def severities(self) -> Mapping[str, int]:
        """Count the active alerts by severity."""
        return {labels[0]: int(value) for _, labels, value in self.alerting.counts()}

    def active(self) -> "tuple[TrayAlert, ...]":
        """Give what has not ended, for the tray."""
        from traybeat.tray.glance import Alert as TrayAlert

        return tuple(TrayAlert(one.id, one.name, one.severity, one.text) for one in self._incidents.active())

    def quieten(self) -> None:
        """Take a change of what is held back on."""
        self._news()

    def state(self) -> AlertsState:
        """Say how rules, alerts and channels are."""
        told = self._rulebook.state
        active = (
            ActiveAlert(one.id, one.rule, one.name, one.severity, one.state, one.triggered_at, one.text)
            for one in self._incidents.active()
        )
        notices = (told.notice, self._journal.problem, self._journal.notice)
        return AlertsState(
            path=told.path,
            rules=told.rules,
            faults=tuple(str(fault) for fault in told.faults),
            notices=tuple(notice for notice in notices if notice),
            active=tuple(active),
            channels=tuple(Channel(*one) for one in self.notifier.states()),
        )


class Front:
    """Who may ask, and what is told to whoever listens, put together; the answers are built when they are asked for."""

    def __init__(
        self,
        paths: Paths,
        clock: Clock,
        settings: Settings,
        rates: Rates,
        vault: Vault,
        alarm: Alarm,
        tidy: Callable[[], None],
    ) -> None:
        self.sessions, self.keyring = Sessions(clock.monotonic), Keyring(alarm.journal, clock.wall)
        self.doors = Doors(self.keyring, self.sessions, Ledger(rates, clock.wall))
        agent = hashlib.sha256(f"{socket.gethostname()}:{paths.data}".encode()).hexdigest()[:16]
        self.cache = Cache(clock.monotonic, agent)
        self.feed = Feed(tidy)
        self.late = Late()
        self.api = Api(
            *(self.late, self.doors, self.cache, vault.quick, socket.gethostname(), settings, clock.monotonic, Rhythm())
        )


class Application:
    """Everything that the resident process consists of, put together; raises WrongSettingsError."""

    def __init__(self, paths: Paths, clock: Clock, loaded: Loaded, notices: Sequence[str], logging: Logging) -> None:
        tidy = _allocator()  # before the first thread
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
        listeners = (
            *(self._exporter, self._history, self._sampling, self._monitor),
            *(self._alarm.alerting, self._alarm.notifier, self._front.api),
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
            self._noticed,
            os.getpid(),
        )
        answers: Mapping[str, Answer] = {
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
        self._front.late.build = partial(_answers, answering)
        self._web = Web((self._exporter.site, self._front.api.site, Control(control.address(paths), answers)))

    def start(self) -> None:
        """Start every part."""
        self._supervisor.start(self._history)
        self._alarm.start()
        self._supervisor.start(self._pump)
        self._sampling.apply(Settings(), self._settings)
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
        backend = _backend()
        if backend is None:
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
        return Tray(desk, backend)

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


def _answers(parts: Answering) -> App:
    from traybeat.api.assembly import assemble

    return assemble(parts)


def _backend() -> "Backend | None":
    """Give the system's way to show an icon; None where there is no screen."""
    if not graphical(os.environ):
        return None
    if sys.platform == "linux":
        from traybeat.tray.linux.statusnotifier import StatusNotifier

        address = session_bus(os.environ)
        return None if address is None else StatusNotifier(address)
    else:  # noqa: RET505 (each system's own imports)
        import pystray

        from traybeat.tray.native import Native

        return Native(pystray, template=sys.platform == "darwin")


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
