"""`traybeat quit`: ends the running instance, and waits until it has. Installers call it before they replace files."""

import sys
import time
from collections.abc import Callable
from contextlib import suppress

from traybeat.host import control, instance
from traybeat.host.control import NotRunningError
from traybeat.host.paths import Paths

DONE, FAILED = 0, 1
_PATIENCE_SECONDS = 20.0
_PAUSE_SECONDS = 0.1


def quit_(
    paths: Paths,
    patience: float = _PATIENCE_SECONDS,
    monotonic: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> int:
    """End the instance on these directories, where one runs; gives the exit code: 0 once there is none.

    It may just be starting, and then not listen yet: it is asked again until its lock is free.
    """
    holder = _holder(paths)
    if holder is None:
        print("Traybeat does not run here")
        return DONE
    deadline, asked = monotonic() + patience, False
    while holder is not None:
        if monotonic() > deadline:
            print(f"{holder}\nIt was asked to end and goes on; end that process by the system's means", file=sys.stderr)
            return FAILED
        if not asked:
            with suppress(NotRunningError):
                control.ask(control.address(paths), "quit")
                asked = True
        pause(_PAUSE_SECONDS)
        holder = _holder(paths)
    print("Traybeat has ended")
    return DONE


def _holder(paths: Paths) -> instance.AlreadyRunningError | None:
    """Say who holds the lock on the data; whoever writes nothing there has none, and is not found."""
    if not paths.lock.exists():
        return None
    try:
        instance.acquire(paths.lock).release()
    except instance.AlreadyRunningError as running:
        return running
    return None
