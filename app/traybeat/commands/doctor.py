"""`traybeat doctor`: what works on this machine, and the fix for what does not."""

import os
import platform
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

import traybeat
from traybeat.collectors.registry import Registration
from traybeat.commands.finding import Finding
from traybeat.engine.site import Endpoint, bind
from traybeat.host import control
from traybeat.host.machine import Machine
from traybeat.host.paths import Paths
from traybeat.model.errors import Fault, NoDataError, TraybeatError
from traybeat.model.service import Clock
from traybeat.model.settings import Settings
from traybeat.model.text import clean


def doctor(
    paths: Paths,
    clock: Clock,
    collectors: Mapping[str, tuple[Registration, Machine]],
    examine: Callable[[], tuple[Settings, Sequence[Fault]]],
    more: Iterable[Finding] = (),
) -> int:
    """Print the findings, and `more` that are looked for last; gives 0 where nothing is bad, else 1."""
    bad = 0
    for finding in chain(findings(paths, clock, collectors, examine), more):
        bad += finding.mark == "bad"
        print(f"{finding.mark:5} {finding.subject:18} {finding.detail}")
        if finding.fix:
            print(f"{'':24} -> {finding.fix}")
    print("Everything works." if not bad else f"{bad} to mend.")
    return 1 if bad else 0


def findings(
    paths: Paths,
    clock: Clock,
    collectors: Mapping[str, tuple[Registration, Machine]],
    examine: Callable[[], tuple[Settings, Sequence[Fault]]],
) -> Iterator[Finding]:
    """Look at everything, one by one."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    yield Finding("ok", "version", f"Traybeat {traybeat.__version__}, {python}, {platform.platform()}")
    yield _directory("settings directory", paths.config)
    yield _directory("data directory", paths.data)
    yield _directory("log directory", paths.log_directory)
    settings, faults = examine()
    yield from _settings(paths, faults)
    running = _running(paths)
    yield running
    yield _port(settings, running=running.mark == "ok")
    for name, (registration, machine) in collectors.items():
        yield _collector(name, registration, machine, clock)


def _directory(subject: str, path: Path) -> Finding:
    nearest = next((one for one in (path, *path.parents) if one.exists()), path)
    if nearest.is_dir() and os.access(nearest, os.W_OK):
        return Finding("ok", subject, str(path))
    return Finding(
        "bad", subject, f"{path} can't be written", f"make {nearest} writable for this user, or name another"
    )


def _settings(paths: Paths, faults: Sequence[Fault]) -> Iterator[Finding]:
    if not faults:
        told = str(paths.settings) if paths.settings.exists() else "the defaults: no file yet"
        yield Finding("ok", "settings", told)
    for fault in faults:
        yield Finding("bad", "settings", str(fault), f"edit {paths.settings}")


def _running(paths: Paths) -> Finding:
    try:
        control.ask(control.address(paths), "status")
    except TraybeatError:
        return Finding("none", "running instance", "none answers here")
    return Finding("ok", "running instance", "answers")


def _port(settings: Settings, *, running: bool) -> Finding:
    exporter = settings.exporter
    where = f"{exporter.address}:{exporter.port}"
    if not exporter.enabled:
        return Finding("none", "exporter port", "the exporter is switched off")
    if running:
        return Finding("ok", "exporter port", f"{where}; `traybeat status` says how it is")
    try:
        bind(Endpoint(exporter.address, exporter.port), "exporter").close()
    except TraybeatError as error:
        return Finding("bad", "exporter port", where, str(error))
    return Finding("ok", "exporter port", f"{where} is free")


def _collector(name: str, registration: Registration, machine: Machine, clock: Clock) -> Finding:
    subject = f"collector {name}"
    try:
        collector = registration.build(machine, registration.options())
        started = clock.monotonic()
        collection = collector.collect()
    except NoDataError as nothing:
        return Finding("none", subject, str(nothing))
    except Exception as error:  # noqa: BLE001 (whatever it is, it is what the doctor is asked for)
        told = clean(f"{type(error).__name__}: {error}", 200)
        return Finding("bad", subject, told, f"report it with this line, {sys.platform} and the version above")
    took = (clock.monotonic() - started) * 1000
    return Finding("ok", subject, f"{len(collection.samples)} samples in {took:.1f} ms")
