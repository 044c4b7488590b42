"""journal.db: what must not be lost. Every write is on the disk before it is answered.

While the disk is full or refuses, the journal lives in memory, with all that the file held: an alert about a full disk
is delivered from a full disk, too. `mend` takes it back to the file.
"""

import contextlib
import logging
import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from traybeat.alerts.database import DamagedFileError, check, in_memory, open_file, prepare, read_only, transact
from traybeat.alerts.schema import MIGRATIONS
from traybeat.host.logs import fields

SIDES = ("-wal", "-shm")
"""What SQLite keeps beside a database, by the end of its name."""

log = logging.getLogger("traybeat.journal")

T = TypeVar("T")

# The errors that are the disk's or the file's; every other is a mistake of ours.
_DISK = frozenset(
    {
        *(sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CORRUPT),
        *(sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM),
    }
)


class Journal:
    """The open database, for any thread. `wall` gives Unix time, for the names of damaged files.

    `problem` says why it lives in memory, while it does; `notice` tells of a damaged file.
    """

    def __init__(self, path: Path, wall: Callable[[], float]) -> None:
        self._path = path
        self._wall = wall
        self._lock = threading.RLock()
        self._unread = False
        self.problem: str | None = None
        self.notice: str | None = None
        adopt(path)
        self._db = self._open()

    def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do some work in one transaction; it is durable on return. Whatever the work raises undoes it.

        Should the disk fail, the work is undone and done again in memory.
        """
        with self._lock:
            try:
                return transact(self._db, work)
            except sqlite3.DatabaseError as error:
                if self.problem is not None or getattr(error, "sqlite_errorcode", 0) & 0xFF not in _DISK:
                    raise
                self._flee(error)
                return transact(self._db, work)

    def read(self, sql: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        """Give the rows of a query."""
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def mend(self) -> None:
        """Take the journal back from memory to its file, where that can be written again."""
        with self._lock:
            if self.problem is None:
                return
            try:
                self._db, old = self._restored(), self._db
            except (OSError, sqlite3.Error, DamagedFileError):
                return
            old.close()
            self.problem, self._unread = None, False
            log.info("journal is on the disk again", extra=fields(part="journal"))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def _open(self) -> sqlite3.Connection:
        try:
            return self._opened()
        except (OSError, sqlite3.Error, DamagedFileError) as error:
            self._complain(error)
        try:
            with read_only(self._path) as file:
                return in_memory(MIGRATIONS, file)
        except (OSError, sqlite3.Error):
            self._unread = True
            return in_memory(MIGRATIONS)

    def _opened(self) -> sqlite3.Connection:
        try:
            return open_file(self._path, MIGRATIONS)
        except DamagedFileError:
            self._set_aside()
            return open_file(self._path, MIGRATIONS)

    def _flee(self, error: Exception) -> None:
        """Go on in memory, with everything that can still be read of the file."""
        self._complain(error)
        file = self._db
        try:
            self._db = in_memory(MIGRATIONS, file)
        except sqlite3.Error:
            self._db, self._unread = in_memory(MIGRATIONS), True
        with contextlib.suppress(sqlite3.Error):
            file.close()

    def _restored(self) -> sqlite3.Connection:
        """Write what is in memory over the file; one that was never read is kept beside."""
        if self._unread and self._path.exists() and self._path.stat().st_size:
            self._set_aside()
        disk = self._opened()
        try:
            self._db.backup(disk)
            prepare(disk, MIGRATIONS)
            check(disk)
        except sqlite3.Error:
            disk.close()
            raise
        return disk

    def _complain(self, error: Exception) -> None:
        reason = getattr(error, "strerror", None) or str(error)
        self.problem = f"{self._path.name} can't be written ({reason}); alerts are kept in memory meanwhile"
        log.error("journal can't be written", extra=fields(part="journal", error=reason))

    def _set_aside(self) -> None:
        kept = f"{self._path.name}.damaged-{int(self._wall())}"
        for suffix in ("", *SIDES):
            with contextlib.suppress(FileNotFoundError):
                self._path.with_name(self._path.name + suffix).rename(self._path.with_name(kept + suffix))
        self.notice = f"the journal could not be read; it is kept as {kept}, and a new one was begun"
        log.error("journal set aside, begun anew", extra=fields(part="journal", kept=kept))


def staged(path: Path) -> Path:
    """Name the file that takes a journal's place when it is opened the next time."""
    return path.with_name(f"{path.name}.restored")


def adopt(path: Path) -> None:
    """Let a restored journal take the place of the one there is; does nothing where none waits.

    The one there is may have been ended at any moment: what is left of it goes first, and a cut in between is made good
    by the next start. Where the system refuses, the old one stays in force.
    """
    with contextlib.suppress(OSError):
        if not staged(path).exists():
            return
        for suffix in SIDES:
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        staged(path).replace(path)
        log.info("journal restored", extra=fields(part="journal"))
