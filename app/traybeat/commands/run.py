"""`traybeat`: the resident process, from its lock to its end."""

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Protocol

import traybeat
from traybeat.host import crashes, instance, logs, replacement
from traybeat.host.clock import SystemClock
from traybeat.host.logs import fields
from traybeat.host.paths import Paths
from traybeat.host.replacement import Replacement
from traybeat.model.errors import TraybeatError, WrongSettingsError

if TYPE_CHECKING:
    from traybeat.main import Application

DONE, WRONG, TAKEN = 0, 2, 3

log = logging.getLogger("traybeat.run")


class Ending(Protocol):
    """Knows whether the program was asked to end."""

    asked: bool
    by: str
    """What asked: a signal's name, or where it was chosen; empty before."""

    def wait(self) -> None:
        """Wait until asked to end."""

    def end(self, by: str) -> None:
        """Ask the program to end, from within."""


def run(paths: Paths, log_format: str, log_level: str, ending: Ending, *, headless: bool = False) -> int:
    """Be the resident process until asked to end; gives the exit code.

    Where one runs already, a second start in a desktop session opens that one's window. A frozen program whose file was
    replaced meanwhile starts again as what is there now.
    """
    clock = SystemClock()
    notices: list[str] = []
    lock: instance.Lock | None = None
    try:
        lock = instance.acquire(paths.lock)
    except instance.AlreadyRunningError as running:
        return _second(paths, running, headless=headless)
    except OSError as error:
        notices.append(
            f"the data directory {paths.data} can't be written ({error.strerror}): running without log file and "
            "without guard against a second start; make it writable, or name another with --data"
        )
    lines = logs.start(None if lock is None else paths.log, log_format, log_level, clock.monotonic)
    if lines.problem:
        notices.append(f"no log file: {lines.problem}")
    unwatch = _begin(paths, lock)
    own = replacement.own_file()
    watch = None if own is None else Replacement(own, partial(ending.end, "what took the program's place"))
    try:
        with _faults_told():
            application = _build(paths, clock, notices, lines, ending, headless=headless)
            if application is None:
                return WRONG
            _stay(application, ending, watch, headless=headless)
    finally:
        unwatch()
        lines.close()
        if lock is not None:
            lock.release()
    if watch is not None and watch.replaced:
        replacement.start_again()
    return DONE


def _second(paths: Paths, running: instance.AlreadyRunningError, *, headless: bool) -> int:
    """Be a second start: ask the first for its window, or say that it runs."""
    from traybeat.commands.window import handed_over

    if not headless and handed_over(paths, os.environ):
        return DONE
    print(running, file=sys.stderr)
    return TAKEN


@contextmanager
def _faults_told() -> Iterator[None]:
    """Log why the program ends where nobody asked it to."""
    try:
        yield
    except TraybeatError as error:
        log.error("can't run", extra=fields(part="run", reason=str(error)))  # noqa: TRY400 (its text says it all)
        raise
    except BaseException as error:
        log.exception("ended by a fault", extra=fields(part="run", kind=type(error).__name__))
        raise


def _begin(paths: Paths, lock: instance.Lock | None) -> Callable[[], None]:
    """Tell that it starts, and how the last one ended, where that ended without a word; gives what ends the watch."""
    log.info("started", extra=fields(part="run", version=traybeat.__version__, pid=os.getpid()))
    if lock is None:
        return lambda: None
    trace = paths.log.with_name("crash.log")
    if lock.before is not None:
        log.warning(
            "the last one was killed, crashed, or lost its power",
            extra=fields(part="run", pid=lock.before, trace=crashes.told(trace) or "none"),
        )
    return crashes.watch(trace)


def _build(
    paths: Paths, clock: SystemClock, notices: list[str], lines: logs.Logging, ending: Ending, *, headless: bool
) -> "Application | None":
    from traybeat.composition.inspection import schema
    from traybeat.main import Application
    from traybeat.settings.loader import load

    try:
        loaded = load(paths.settings, os.environ, schema())
        application = Application(paths, clock, loaded, notices, lines, ending.end, headless=headless)
    except WrongSettingsError as wrong:
        told = fields(part="run", faults=len(wrong.faults))
        log.error("ended by wrong settings", extra=told)  # noqa: TRY400 (its text says it all)
        print(f"The settings can't be used ({paths.settings}); nothing was started:", file=sys.stderr)
        for fault in wrong.faults:
            print(f"  {fault}", file=sys.stderr)
        return None
    for notice in (*notices, *filter(None, [loaded.notice])):
        print(notice, file=sys.stderr)
    return application


def _stay(application: "Application", ending: Ending, watch: Replacement | None, *, headless: bool) -> None:
    application.start(*(() if watch is None else (watch,)))
    tray = None if headless else application.tray()
    if tray is not None:
        application.greet()
        tray.run(ending)
    elif line := application.greeting(lambda: ending.asked):
        with suppress(OSError):  # nobody has to read it
            print(line, flush=True)
    ending.wait()
    log.info("asked to end", extra=fields(part="run", by=ending.by))
    laggards = application.stop()
    log.info("ended", extra=fields(part="run", lagging=" ".join(laggards) or "none"))
