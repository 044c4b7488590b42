"""The composition root: the only place that constructs, and that knows the real clock, files and modules."""

import os
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import psutil

import traybeat
from traybeat.collectors.registry import Registration, discover
from traybeat.engine import monitor
from traybeat.engine.control import Answer, Control
from traybeat.engine.health import Wards
from traybeat.engine.latest import Latest
from traybeat.engine.monitor import Monitor, OwnUsage
from traybeat.engine.pace import Pace
from traybeat.engine.pump import Pump
from traybeat.engine.sampling import Sampling
from traybeat.engine.site import Condition, Rhythm, SiteState
from traybeat.engine.status import HistoryState, Reporter, SettingsState
from traybeat.engine.supervisor import Supervisor
from traybeat.engine.web import Web
from traybeat.exporter.exporter import Exporter, faults
from traybeat.exporter.exposition import Exposition
from traybeat.host import control
from traybeat.host.logs import Logging
from traybeat.host.machine import Machine, Roots
from traybeat.host.paths import Paths
from traybeat.host.secrets import EnvironmentSecrets
from traybeat.model.errors import Fault, WrongSettingsError
from traybeat.model.metric import Sample
from traybeat.model.service import Clock, Secrets
from traybeat.model.settings import Settings
from traybeat.settings.live import LiveSettings
from traybeat.settings.loader import Loaded, read
from traybeat.settings.tree import Schema
from traybeat.store.history import History
from traybeat.store.history import faults as history_faults

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


def collectors(clock: Clock) -> Mapping[str, tuple[Registration, Machine]]:
    """Find the collectors, each with the machine that it reads."""
    seen = machine(clock)
    return {one.name: (one, seen) for one in discover()}


def schema() -> Schema:
    """Build the settings' schema, the collectors' own options included."""
    return Schema({one.name: one.options for one in discover()})


def examine(paths: Paths) -> tuple[Settings, tuple[Fault, ...]]:
    """Check the settings file as a start would, starting and writing nothing; settings with faults are the defaults."""
    try:
        loaded = read(paths.settings, os.environ, schema())
    except WrongSettingsError as wrong:
        return Settings(), wrong.faults
    return loaded.settings, beyond_types(loaded.settings, EnvironmentSecrets(os.environ))


def beyond_types(settings: Settings, secrets: Secrets) -> tuple[Fault, ...]:
    """Find what the parts can't live with in settings whose values are right one by one."""
    return (*faults(settings.exporter, secrets), *history_faults(settings.history))


class Application:
    """Everything that the resident process consists of, put together; raises WrongSettingsError."""

    def __init__(self, paths: Paths, clock: Clock, loaded: Loaded, notices: Sequence[str], logging: Logging) -> None:
        tidy = _allocator()  # before the first thread
        self._settings, self._logging, self._notices = loaded.settings, logging, notices
        secrets = EnvironmentSecrets(os.environ)
        if found := beyond_types(self._settings, secrets):
            raise WrongSettingsError(found)
        self._supervisor, self._latest, wards, pace = Supervisor(), Latest(), Wards(), Pace(self._settings.limits)
        self._exposition = Exposition(self._latest, clock)
        self._history = History(paths.telemetry, clock, self._settings.history)
        self._pump = Pump((self._latest, self._exposition, self._history))
        emit = self._pump.emit
        builders = {name: partial(one.build, seen) for name, (one, seen) in collectors(clock).items()}
        self._sampling = Sampling(builders, self._supervisor, clock, emit, wards, self._latest, pace)
        self._exporter = Exporter(
            self._exposition, self._parts, secrets, socket.gethostname(), self._settings, Rhythm()
        )
        self._monitor = Monitor(clock, OwnUsage(psutil), emit, wards, self._latest, pace, self._counts, tidy)
        listeners = (self._exporter, self._history, self._sampling, self._monitor)
        self._live = LiveSettings(paths.settings, os.environ, schema(), loaded, listeners, clock)
        reporter = Reporter(
            clock, self._latest, wards, pace, self._sites, self._told, self._kept, self._noticed, os.getpid()
        )
        answers: Mapping[str, Answer] = {
            "status": lambda _: reporter.encoded(),
            "flush": lambda _: _done(self._history.flush),
            "backup": lambda request: _done(partial(self._history.backup, Path(request["file"]))),
            "restore": lambda request: _done(partial(self._history.restore, Path(request["file"]))),
        }
        self._web = Web((self._exporter.site, Control(control.address(paths), answers)))

    def start(self) -> None:
        """Start every part."""
        self._supervisor.start(self._history)
        self._supervisor.start(self._pump)
        self._sampling.apply(Settings(), self._settings)
        for service in (self._web, self._monitor, self._live):
            self._supervisor.start(service)

    def greeting(self, hurry: Callable[[], bool]) -> str | None:
        """Say in one line that the program runs, once it listens or can't; None where `hurry` says to go on without."""
        deadline = time.monotonic() + _FIRST_ANSWER_SECONDS
        while not self._exporter.site.settled.wait(0.02):
            if hurry() or time.monotonic() > deadline:
                return None
        return greeting(self._exporter.site.state)

    def stop(self) -> tuple[str, ...]:
        """End every part within five seconds, and name those that did not."""
        return self._supervisor.stop()

    def _counts(self) -> Iterator[Sample]:
        for service, restarts in self._supervisor.restarts().items():
            yield monitor.RESTARTS.sample(restarts, service)
        yield monitor.BATCHES.sample(self._pump.dropped)
        yield monitor.LINES.sample(self._logging.once.held_back)
        yield from self._history.state().samples()

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
        return {"history": "ok" if self._history.state().trouble is None else "in memory only"}

    def _sites(self) -> tuple[tuple[SiteState, float | None], ...]:
        return ((self._exporter.site.state, self._exposition.last_scrape),)

    def _noticed(self) -> Sequence[str]:
        return self._notices


def _done(work: Callable[[], None]) -> bytes:
    work()
    return b'{"done": true}'


def greeting(state: SiteState) -> str:
    """Say in one line that the program runs, and where its metrics are."""
    head = f"Traybeat {traybeat.__version__} runs headless"
    if state.condition is Condition.LISTENING:
        return f"{head}; metrics are at {state.url}/metrics"
    return f"{head}; {state.problem or 'the exporter is switched off'}"
