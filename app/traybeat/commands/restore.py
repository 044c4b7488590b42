"""`traybeat restore`: settings and history back from a backup, while Traybeat runs or not."""

import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from traybeat.alerts import database, journal
from traybeat.alerts.schema import MIGRATIONS
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

    Settings and rules that are replaced are kept beside; the history that is replaced is gone but for what has just
    come.
    """
    with tempfile.TemporaryDirectory(prefix="traybeat-") as directory:
        whole = Paths(Path(directory), Path(directory), paths.log_directory, paths.runtime)
        names = (paths.settings.name, paths.rules.name, paths.telemetry.name, paths.journal.name)
        found = unpack(file, names, Path(directory))
        if {paths.settings.name, paths.rules.name} & found.keys():
            _, faults = examine(whole)
            if faults:
                print("The settings or rules in the backup can't be used here; nothing was changed:", file=sys.stderr)
                for fault in faults:
                    print(f"  {fault}", file=sys.stderr)
                return WRONG
        if paths.journal.name in found:
            _verify_journal(whole.journal)
        if paths.telemetry.name in found:
            verify(whole.telemetry)
            _restore_history(paths, whole.telemetry, clock)
        if paths.journal.name in found:
            _restore_journal(paths, whole.journal)
        for name, path in ((paths.settings.name, paths.settings), (paths.rules.name, paths.rules)):
            if name in found:
                _restore_file(path, found[name].read_bytes(), clock)
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


def _verify_journal(saved: Path) -> None:
    try:
        database.verify(saved, MIGRATIONS)
    except database.DamagedFileError as error:
        raise TraybeatError(f"the alerts in the backup are damaged ({error}); nothing was changed") from None


def _restore_journal(paths: Paths, saved: Path) -> None:
    """Have the journal replaced: at once, or where Traybeat runs, which has alerts under way, when it starts again."""
    try:
        write_private(journal.staged(paths.journal), saved.read_bytes())
        lock = instance.acquire(paths.lock)
    except instance.AlreadyRunningError:
        print(
            "Past alerts and API keys come back when Traybeat starts the next time; until then it goes on with its own."
        )
        return
    except OSError as error:
        raise TraybeatError(f"{paths.journal} can't be written: {error.strerror or error}") from None
    try:
        journal.adopt(paths.journal)
    finally:
        lock.release()


def _restore_file(path: Path, content: bytes, clock: Clock) -> None:
    try:
        if path.exists():
            before = path.read_bytes()
            if before == content:
                return
            if (copy := copy_aside(path, before, clock.wall(), _COPIES)) is not None:
                print(f"The {path.stem} from before are kept in {copy}.")
        write_private(path, content)
    except OSError as error:
        raise TraybeatError(f"{path} can't be written: {error.strerror or error}") from None
