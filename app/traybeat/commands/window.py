"""`traybeat window`: opens the dashboard of the running instance, and starts one where none runs."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence

from traybeat.host import control
from traybeat.host.control import NotRunningError
from traybeat.host.paths import Paths
from traybeat.host.session import described, graphical
from traybeat.model.errors import TraybeatError

DONE, FAILED = 0, 1
_START_SECONDS = 15.0
_PAUSE_SECONDS = 0.1


class SilentStartError(TraybeatError):
    """An instance was started, and does not answer."""


def window(paths: Paths, page: str, command: Sequence[str], environ: Mapping[str, str] = os.environ) -> int:
    """Open a page of the dashboard, empty for the first; `command` starts an instance. Gives the exit code."""
    if not graphical(environ):
        print("There is no display here to open a window on; `traybeat status` shows the readings.", file=sys.stderr)
        return FAILED
    try:
        show(paths, page, environ)
    except NotRunningError:
        _start(command)
        _persist(lambda: show(paths, page, environ))
    return DONE


def show(paths: Paths, page: str, environ: Mapping[str, str]) -> None:
    """Ask the running instance to show a page in this session; raises TraybeatError."""
    control.ask(control.address(paths), "window", page=page, session=json.dumps(described(environ)))


def handed_over(paths: Paths, environ: Mapping[str, str]) -> bool:
    """Say whether the instance that runs already opened its window for us; it may just be starting itself."""
    if not graphical(environ):
        return False
    try:
        _persist(lambda: show(paths, "", environ))
    except TraybeatError as error:
        print(error, file=sys.stderr)
        return False
    return True


def _persist(ask: Callable[[], None]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            ask()
        except NotRunningError:
            if time.monotonic() > deadline:
                raise SilentStartError("Traybeat was started and does not answer; its log tells more") from None
            time.sleep(_PAUSE_SECONDS)
        else:
            return


def _start(command: Sequence[str]) -> None:
    flags = getattr(subprocess, "DETACHED_PROCESS", 0) | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
    try:
        subprocess.Popen(  # noqa: S603 (this very program, and no shell)
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            creationflags=flags,
        )
    except OSError as error:
        raise SilentStartError(f"Traybeat can't be started: {error.strerror}") from None
