"""Backups: a whole copy of the database in one file, and the way back."""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from traybeat.model.errors import TraybeatError
from traybeat.store import schema


class BackupError(TraybeatError):
    """A backup that can't be made or used; the text says why."""


def copy(source: sqlite3.Connection, target: Path) -> None:
    """Copy a database, as it is now, to a file of its own; raises BackupError, and leaves a file that was there.

    Others may go on reading and writing meanwhile.
    """
    beside = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        with closing(sqlite3.connect(beside, isolation_level=None)) as out:
            source.backup(out)
            out.execute("PRAGMA journal_mode = DELETE")
            _check(out, beside)
        _sync(beside)
        beside.replace(target)
    except (sqlite3.Error, OSError) as error:
        raise BackupError(f"{target}: the history could not be saved there ({error})") from error
    finally:
        with suppress(OSError):
            beside.unlink()


def verify(path: Path) -> None:
    """Check that a file is a whole and sound history that this program knows; raises TraybeatError."""
    try:
        with closing(_open(path)) as found:
            if schema.check(found) == 0:
                raise BackupError(f"{path}: there is no history in this file")
            _check(found, path)
    except sqlite3.Error as error:
        raise BackupError(f"{path}: not a sound history ({error})") from error


def restore(path: Path, target: sqlite3.Connection) -> None:
    """Replace the content of a database by that of a file that was verified, in one transaction; raises sqlite3.Error.

    The database gets a new name, so that nobody takes it for what it was.
    """
    with closing(_open(path)) as source:
        source.backup(target)
    schema.migrate(target)
    schema.rename(target)


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)


def _check(connection: sqlite3.Connection, path: Path) -> None:
    found = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if found is None or found[0] != "ok":
        raise BackupError(f"{path}: the history in this file is damaged ({found and found[0]})")


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
