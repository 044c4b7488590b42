"""The composition root: the only place that constructs, and that knows the real clock, files and modules."""

import argparse
import os
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

import traybeat
from traybeat.host import instance
from traybeat.host.clock import SystemClock
from traybeat.host.paths import Paths, locate
from traybeat.model.errors import Fault, TraybeatError, WrongSettingsError
from traybeat.model.metric import Sample
from traybeat.model.settings import Settings

if TYPE_CHECKING:
    from traybeat.__main__ import Ending
    from traybeat.collectors.registry import Registration
    from traybeat.engine.site import SiteState
    from traybeat.engine.status import SettingsState
    from traybeat.host.logs import Logging
    from traybeat.host.machine import Machine
    from traybeat.settings.loader import Loaded
    from traybeat.settings.tree import Schema

DONE, FAILED, WRONG, TAKEN = 0, 1, 2, 3
_FIRST_ANSWER_SECONDS = 5.0


def dispatch(options: argparse.Namespace, ending: "Ending") -> int:
    """Run the command that the options name; gives the exit code."""
    paths = locate(options.config, options.data, os.environ)
    if options.command is None:
        return run(options, paths, ending)
    ending.interrupts = True
    try:
        return command(options, paths)
    except KeyboardInterrupt:
        return 128 + 2
    except TraybeatError as error:
        print(error, file=sys.stderr)
        return FAILED


def command(options: argparse.Namespace, paths: Paths) -> int:
    """Run one of the commands that do not stay."""
    if options.command == "status":
        from traybeat.commands.status import status

        return status(paths, as_json=options.json)
    if options.command == "check":
        from traybeat.commands.check import check

        return check(paths.settings, partial(examine, paths))
    from traybeat.commands.doctor import doctor

    clock = SystemClock()
    return doctor(paths, clock, collectors(machine(clock)), partial(examine, paths))


def machine(clock: SystemClock) -> "Machine":
    """Build the view of this machine: Linux's own files where there are any, else psutil."""
    return (_linux if sys.platform == "linux" else _portable)(clock)


def _linux(clock: SystemClock) -> "Machine":
    import psutil

    from traybeat.host.linux.battery import LinuxBattery
    from traybeat.host.linux.cpu import LinuxCpu
    from traybeat.host.linux.disk import LinuxDisk
    from traybeat.host.linux.memory import LinuxMemory
    from traybeat.host.linux.network import LinuxNetwork
    from traybeat.host.linux.process import LinuxProcess
    from traybeat.host.linux.sensors import LinuxSensors
    from traybeat.host.machine import Machine, Roots

    roots = Roots()
    return Machine(
        clock=clock,
        psutil=psutil,
        roots=roots,
        cpu=LinuxCpu(roots, psutil, clock),
        memory=LinuxMemory(roots),
        disk=LinuxDisk(roots, clock),
        network=LinuxNetwork(roots, clock),
        process=LinuxProcess(roots, clock),
        sensors=LinuxSensors(roots, clock),
        battery=LinuxBattery(roots, clock),
    )


def _portable(clock: SystemClock) -> "Machine":
    import psutil

    from traybeat.host.machine import Machine, Roots
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
        process=PortableProcess(psutil, clock),
        sensors=PortableSensors(psutil),
        battery=PortableBattery(psutil),
    )


def collectors(seen: "Machine") -> "Mapping[str, tuple[Registration, Machine]]":
    """Find the collectors, each with the machine that it reads."""
    from traybeat.collectors.registry import discover

    return {one.name: (one, seen) for one in discover()}


def schema() -> "Schema":
    """Build the settings' schema, the collectors' own options included."""
    from traybeat.collectors.registry import discover
    from traybeat.settings.tree import Schema

    return Schema({one.name: one.options for one in discover()})


def examine(paths: Paths) -> tuple[Settings, tuple[Fault, ...]]:
    """Check the settings file as a start would, starting and writing nothing; settings with faults are the defaults."""
    from traybeat.exporter.exporter import faults
    from traybeat.host.secrets import EnvironmentSecrets
    from traybeat.settings.loader import read

    try:
        loaded = read(paths.settings, os.environ, schema())
    except WrongSettingsError as wrong:
        return Settings(), wrong.faults
    return loaded.settings, tuple(faults(loaded.settings.exporter, EnvironmentSecrets(os.environ)))


def run(options: argparse.Namespace, paths: Paths, ending: "Ending") -> int:
    """Be the resident process until asked to end."""
    from traybeat.host import logs

    clock = SystemClock()
    notices: list[str] = []
    lock: instance.Lock | None = None
    try:
        lock = instance.acquire(paths.lock)
    except instance.AlreadyRunningError as running:
        print(running, file=sys.stderr)
        return TAKEN
    except OSError as error:
        notices.append(
            f"the data directory {paths.data} can't be written ({error.strerror}): running without log file and "
            "without guard against a second start; make it writable, or name another with --data"
        )
    logging = logs.start(None if lock is None else paths.log, options.log_format, options.log_level, clock.monotonic)
    if logging.problem:
        notices.append(f"no log file: {logging.problem}")
    try:
        return _run(paths, clock, ending, notices, logging)
    finally:
        logging.close()
        if lock is not None:
            lock.release()


def _run(paths: Paths, clock: SystemClock, ending: "Ending", notices: list[str], logging: "Logging") -> int:
    from traybeat.settings.loader import load

    try:
        loaded = load(paths.settings, os.environ, schema())
        application = Application(paths, clock, loaded, notices, logging)
    except WrongSettingsError as wrong:
        print(f"The settings can't be used ({paths.settings}); nothing was started:", file=sys.stderr)
        for fault in wrong.faults:
            print(f"  {fault}", file=sys.stderr)
        return WRONG
    for notice in (*notices, *filter(None, [loaded.notice])):
        print(notice, file=sys.stderr)
    return application.run(ending)


class Application:
    """Everything that the resident process consists of, put together."""

    def __init__(
        self, paths: Paths, clock: SystemClock, loaded: "Loaded", notices: list[str], logging: "Logging"
    ) -> None:
        import psutil

        from traybeat.engine.control import Control
        from traybeat.engine.health import Wards
        from traybeat.engine.latest import Latest
        from traybeat.engine.monitor import Monitor, OwnUsage
        from traybeat.engine.pace import Pace
        from traybeat.engine.pump import Pump
        from traybeat.engine.sampling import Sampling
        from traybeat.engine.site import Rhythm
        from traybeat.engine.status import Reporter
        from traybeat.engine.supervisor import Supervisor
        from traybeat.engine.web import Web
        from traybeat.exporter.exporter import Exporter, faults
        from traybeat.exporter.exposition import Exposition
        from traybeat.host import control
        from traybeat.host.secrets import EnvironmentSecrets
        from traybeat.settings.live import LiveSettings

        settings = loaded.settings
        secrets = EnvironmentSecrets(os.environ)
        if found := tuple(faults(settings.exporter, secrets)):
            raise WrongSettingsError(found)
        self._settings = settings
        self._logging = logging
        self.supervisor = Supervisor()
        self._latest = Latest()
        self._exposition = Exposition(self._latest, clock)
        self._pump = Pump((self._latest, self._exposition))
        wards, pace = Wards(), Pace(settings.limits)
        builders = {
            name: partial(registration.build, seen) for name, (registration, seen) in collectors(machine(clock)).items()
        }
        emit = self._pump.emit
        self._sampling = Sampling(builders, self.supervisor, clock, emit, wards, self._latest, pace)
        self._exporter = Exporter(self._exposition, secrets, socket.gethostname(), settings, Rhythm())
        self._monitor = Monitor(clock, OwnUsage(psutil), emit, wards, self._latest, pace, self._counts)
        listeners = (self._exporter, self._sampling, self._monitor)
        self._live = LiveSettings(paths.settings, os.environ, schema(), loaded, listeners, clock)
        self._reporter = Reporter(
            clock, self._latest, wards, pace, self._sites, self._told, lambda: notices, os.getpid()
        )
        answers = {"status": self._reporter.encoded}
        self._web = Web((self._exporter.site, Control(control.address(paths), answers)))

    def run(self, ending: "Ending") -> int:
        """Run until asked to end; then end within five seconds, whatever hangs."""
        self.supervisor.start(self._pump)
        self._sampling.apply(Settings(), self._settings)
        for service in (self._web, self._monitor, self._live):
            self.supervisor.start(service)
        self._greet(ending)
        ending.wait()
        self.supervisor.stop()
        return DONE

    def _greet(self, ending: "Ending") -> None:
        deadline = time.monotonic() + _FIRST_ANSWER_SECONDS
        while not self._exporter.site.settled.wait(0.02):
            if ending.asked or time.monotonic() > deadline:
                return
        print(greeting(self._exporter.site.state), flush=True)

    def _counts(self) -> Iterator[Sample]:
        from traybeat.engine import monitor

        for service, restarts in self.supervisor.restarts().items():
            yield monitor.RESTARTS.sample(restarts, service)
        yield monitor.BATCHES.sample(self._pump.dropped)
        yield monitor.LINES.sample(self._logging.once.held_back)

    def _told(self) -> "SettingsState":
        from traybeat.engine.status import SettingsState

        state = self._live.state
        faults = tuple(str(fault) for fault in state.faults)
        return SettingsState(state.path, state.loaded_at, state.overridden, faults, state.notice)

    def _sites(self) -> "tuple[tuple[SiteState, float | None], ...]":
        return ((self._exporter.site.state, self._exposition.last_scrape),)


def greeting(state: "SiteState") -> str:
    """Say in one line that the program runs, and where its metrics are."""
    from traybeat.engine.site import Condition

    head = f"Traybeat {traybeat.__version__} runs headless"
    if state.condition is Condition.LISTENING:
        return f"{head}; metrics are at {state.url}/metrics"
    return f"{head}; {state.problem or 'the exporter is switched off'}"
