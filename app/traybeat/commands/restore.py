"""`traybeat restore`: settings and history back from a backup, while Traybeat runs or not."""

import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from traybeat.commands.backup import PATIENCE_SECONDS, unpack
from traybeat.host import control, instance
from traybeat.host.files import copy_aside, write_private
from traybeat.host.paths import Paths
from traybeat.model.errors import Fault, TraybeatError
from traybeat.model.service import Clock
from traybeat.model.settings import History as Options
from traybeat.model.settings import Settings
from traybeat.model.stop import Stop
from traybeat.store.backup import verify
from traybeat.store.history import History

WRONG = 2
_COPIES = 5


def restore(
    paths: Paths, file: Path, clock: Clock, examine: Callable[[Paths], tuple[Settings, Sequence[Fault]]]
) -> int:
    """Check everything in the backup, then put it in place; gives the exit code. Raises TraybeatError.

    The settings that are replaced are kept beside; the history that is replaced is gone but for what has just come.
    """
    with tempfile.TemporaryDirectory(prefix="traybeat-") as directory:
        found = unpack(file, (paths.settings.name, paths.telemetry.name), Path(directory))
        settings, history = found.get(paths.settings.name), found.get(paths.telemetry.name)
        if settings is not None:
            _, faults = examine(replace(paths, config=settings.parent))
            if faults:
                print("The settings in the backup can't be used here; nothing was changed:", file=sys.stderr)
                for fault in faults:
                    print(f"  {fault}", file=sys.stderr)
                return WRONG
        if history is not None:
            verify(history)
            _restore_history(paths, history, clock)
        if settings is not None:
            _restore_settings(paths, settings.read_bytes(), clock)
    print(f"Restored from {file}: {', '.join(sorted(found)) or 'nothing, as it holds nothing'}.")
    return 0


def _restore_history(paths: Paths, saved: Path, clock: Clock) -> None:
    try:
        control.ask(control.address(paths), "restore", PATIENCE_SECONDS, file=str(saved))
    except control.NotRunningError:
        lock = instance.acquire(paths.lock)  # nobody starts while the history is replaced
        try:
            history, ended = History(paths.telemetry, clock, Options()), Stop()
            ended.set()
            history.restore(saved)
            history.run(ended)
        finally:
            lock.release()


def _restore_settings(paths: Paths, content: bytes, clock: Clock) -> None:
    try:
        if paths.settings.exists():
            before = paths.settings.read_bytes()
            if before == content:
                return
            if (copy := copy_aside(paths.settings, before, clock.wall(), _COPIES)) is not None:
                print(f"The settings from before are kept in {copy}.")
        write_private(paths.settings, content)
    except OSError as error:
        raise TraybeatError(f"{paths.settings} can't be written: {error.strerror or error}") from None
