"""Opening SQLite files: private, durable, migrated, checked."""

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from traybeat.model.errors import TraybeatError

T = TypeVar("T")

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA cache_size = -512",  # KiB
    "PRAGMA wal_autocheckpoint = 256",  # pages
)


class NewerSchemaError(TraybeatError):
    """The file was written by a newer Traybeat; it is left untouched."""


class DamagedFileError(Exception):
    """The file is no sound database."""


def open_file(path: Path, migrations: tuple[str, ...]) -> sqlite3.Connection:
    """Open or create a database that only its owner may read, bring it up to date and check it.

    Raises OSError or sqlite3.OperationalError where the system refuses, DamagedFileError, NewerSchemaError.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    connection = _connect(str(path))
    try:
        prepare(connection, migrations)
        check(connection)
    except sqlite3.OperationalError:
        connection.close()
        raise
    except sqlite3.DatabaseError as error:
        connection.close()
        raise DamagedFileError(str(error)) from error
    except BaseException:
        connection.close()
        raise
    return connection


def in_memory(migrations: tuple[str, ...], source: sqlite3.Connection | None = None) -> sqlite3.Connection:
    """Give a database in memory: empty, or a copy of another one; raises sqlite3.Error where that can't be read."""
    memory = _connect(":memory:")
    try:
        if source is not None:
            source.backup(memory)
        prepare(memory, migrations)
        check(memory)
    except BaseException:
        memory.close()
        raise
    return memory


def verify(path: Path, migrations: tuple[str, ...]) -> None:
    """See that a file is a whole and sound journal that this program knows.

    Raises DamagedFileError, or NewerSchemaError.
    """
    try:
        with read_only(path) as found:
            version = _version(found, migrations)
            if version == 0:
                raise DamagedFileError("there is no journal in it")
            check(found)
    except sqlite3.Error as error:
        raise DamagedFileError(str(error)) from error


@contextlib.contextmanager
def read_only(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a file of which nothing can be written, not even SQLite's own files beside it; raises sqlite3.Error."""
    connection = _connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        yield connection
    finally:
        connection.close()


def prepare(connection: sqlite3.Connection, migrations: tuple[str, ...]) -> None:
    """Set the durability and apply the migrations that are missing."""
    connection.row_factory = sqlite3.Row
    version = _version(connection, migrations)
    for pragma in _PRAGMAS:
        connection.execute(pragma)
    for number, script in enumerate(migrations[version:], version + 1):
        connection.executescript(f"BEGIN IMMEDIATE; {script} PRAGMA user_version = {number}; COMMIT;")


def _version(connection: sqlite3.Connection, migrations: tuple[str, ...]) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > len(migrations):
        raise NewerSchemaError(
            f"the journal has version {version}, this Traybeat knows up to {len(migrations)}: "
            "start the newer Traybeat again, or move journal.db away"
        )
    return version


def check(connection: sqlite3.Connection) -> None:
    """Raise sqlite3.DatabaseError where the database is damaged."""
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError(verdict)


def transact(connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    """Do some work in one transaction; whatever it raises undoes it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        result = work(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return result


def _connect(name: str, *, uri: bool = False) -> sqlite3.Connection:
    return sqlite3.connect(name, timeout=5, isolation_level=None, check_same_thread=False, uri=uri)
