"""`traybeat`: the resident process, from its lock to its end."""

import os
import sys
from typing import TYPE_CHECKING, Protocol

from traybeat.host import instance, logs
from traybeat.host.clock import SystemClock
from traybeat.host.paths import Paths
from traybeat.model.errors import WrongSettingsError

if TYPE_CHECKING:
    from traybeat.main import Application

DONE, WRONG, TAKEN = 0, 2, 3


class Ending(Protocol):
    """Knows whether the program was asked to end."""

    asked: bool

    def wait(self) -> None:
        """Wait until asked to end."""

    def end(self) -> None:
        """Ask the program to end, from within."""


def run(paths: Paths, log_format: str, log_level: str, ending: Ending, *, headless: bool = False) -> int:
    """Be the resident process until asked to end; gives the exit code.

    Where one runs already, a second start in a desktop session opens that one's window.
    """
    clock = SystemClock()
    notices: list[str] = []
    lock: instance.Lock | None = None
    try:
        lock = instance.acquire(paths.lock)
    except instance.AlreadyRunningError as running:
        from traybeat.commands.window import handed_over

        if not headless and handed_over(paths, os.environ):
            return DONE
        print(running, file=sys.stderr)
        return TAKEN
    except OSError as error:
        notices.append(
            f"the data directory {paths.data} can't be written ({error.strerror}): running without log file and "
            "without guard against a second start; make it writable, or name another with --data"
        )
    logging = logs.start(None if lock is None else paths.log, log_format, log_level, clock.monotonic)
    if logging.problem:
        notices.append(f"no log file: {logging.problem}")
    try:
        application = _build(paths, clock, notices, logging)
        return WRONG if application is None else _stay(application, ending, headless=headless)
    finally:
        logging.close()
        if lock is not None:
            lock.release()


def _build(paths: Paths, clock: SystemClock, notices: list[str], logging: logs.Logging) -> "Application | None":
    from traybeat.composition.inspection import schema
    from traybeat.main import Application
    from traybeat.settings.loader import load

    try:
        loaded = load(paths.settings, os.environ, schema())
        application = Application(paths, clock, loaded, notices, logging)
    except WrongSettingsError as wrong:
        print(f"The settings can't be used ({paths.settings}); nothing was started:", file=sys.stderr)
        for fault in wrong.faults:
            print(f"  {fault}", file=sys.stderr)
        return None
    for notice in (*notices, *filter(None, [loaded.notice])):
        print(notice, file=sys.stderr)
    return application


def _stay(application: "Application", ending: Ending, *, headless: bool) -> int:
    application.start()
    tray = None if headless else application.tray(ending.end)
    if tray is not None:
        tray.run(ending)
    elif line := application.greeting(lambda: ending.asked):
        print(line, flush=True)
    ending.wait()
    application.stop()
    return DONE
