"""The writer: keeps the database attached, commits, checkpoints, and mends what can be mended."""

import logging
import sqlite3
import threading
from contextlib import suppress
from pathlib import Path

from traybeat.host.logs import fields
from traybeat.model.errors import TraybeatError
from traybeat.model.service import Clock
from traybeat.model.settings import History
from traybeat.model.text import clean
from traybeat.store import backup, rows
from traybeat.store.commit import Committer
from traybeat.store.database import Database, is_damage
from traybeat.store.head import Head
from traybeat.store.incidents import Incidents
from traybeat.store.journal import Record
from traybeat.store.packing import DamagedError

log = logging.getLogger("traybeat.history")

PART = "history"
CHECKPOINT_SECONDS = 60.0
MOST_BYTES_IN_MEMORY = 4_000_000
FIRST_BACK_OFF, LONGEST_BACK_OFF = 5.0, 60.0
_SPARE_PAGES = 1000
"""Pages that may lie idle in the file: they are used again. Where they are the most of it, the file is made smaller."""


_TOLD = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "the file can't be written",
    sqlite3.SQLITE_PERM: "the file can't be written",
    sqlite3.SQLITE_CANTOPEN: "the file can't be opened or made",
    sqlite3.SQLITE_CORRUPT: "the database is damaged",
    sqlite3.SQLITE_NOTADB: "the file is not a database",
    sqlite3.SQLITE_BUSY: "another program holds the database",
}


class _GoneError(OSError):
    """The file that was written to no longer bears its name."""


class _DamageError(sqlite3.DatabaseError):
    """A reader met with damage, and the check found it, too."""

    sqlite_errorcode = sqlite3.SQLITE_CORRUPT


class Writer:
    """The only one who writes; any thread may ask it to, one at a time."""

    def __init__(
        self,
        database: Database,
        head: Head,
        clock: Clock,
        seam: threading.Lock,
        incidents: Incidents,
        settings: History,
        most_in_memory: int = MOST_BYTES_IN_MEMORY,
    ) -> None:
        self.settings = settings
        self.trouble: str | None = None
        """Why history is in memory only."""
        self.committed: float | None = None
        self.identity: str | None = None
        """The name that the attached database has for itself; None before one was."""
        self._database = database
        self._head = head
        self._clock = clock
        self._seam = seam
        self._incidents = incidents
        self._committer = Committer(head, clock, seam, incidents)
        self._turn = threading.Lock()
        self._most_in_memory = most_in_memory
        self._connection: sqlite3.Connection | None = None
        self._signature: tuple[int, int] | None = None
        self._checkpointed = clock.monotonic()
        self._retry_at, self._back_off = clock.monotonic(), FIRST_BACK_OFF

    @property
    def on_disk(self) -> bool:
        """Whether the last turn reached the disk."""
        return self.committed is not None and self.trouble is None

    def turn(self) -> None:
        """Write what there is to write; where the disk can't be reached, keep what fits in memory."""
        with self._turn:
            self._take_turn()

    def close(self) -> None:
        """Write what there is to write, and close the file."""
        with self._turn:
            try:
                self._take_turn()
            finally:
                self._detach()

    def backup(self, target: Path) -> None:
        """Save all that is known now in a file; raises BackupError."""
        with self._turn:
            self._take_turn()
            if self._connection is None:
                raise backup.BackupError(f"there is no history on disk to save: {self.trouble}")
            source = self._database.read()
        try:
            backup.copy(source, target)
        finally:
            source.close()

    def restore(self, path: Path) -> None:
        """Replace the history on disk by one that was saved; what has just come stays. Raises TraybeatError."""
        backup.verify(path)
        with self._turn:
            self._take_turn()
            if self._connection is None:
                raise backup.BackupError(f"the history on disk can't be replaced: {self.trouble}")
            try:
                with self._seam:
                    self.identity = None
                    backup.restore(path, self._connection)
                self._meet(self._connection)
            except (sqlite3.Error, OSError) as error:
                self._fail(error)
                raise backup.BackupError(f"{path}: the history could not be restored ({error})") from error

    def _take_turn(self) -> None:
        if self._connection is None and self._clock.monotonic() >= self._retry_at:
            self._attach()
        if self._connection is not None:
            self._work(self._connection)
        if self._connection is None:
            self._head.pack(self._committer.open_stretches())
            self._head.trim(self._most_in_memory)

    def _work(self, connection: sqlite3.Connection) -> None:
        try:
            if self._incidents.suspect:
                self._examine(connection)
            self._committer.commit(connection, self.settings)
            if self._clock.monotonic() - self._checkpointed >= CHECKPOINT_SECONDS:
                self._checkpoint(connection)
        except (sqlite3.Error, OSError) as error:
            self._fail(error)
        else:
            self._succeed()
            self._head.pack()

    def _checkpoint(self, connection: sqlite3.Connection) -> None:
        if self._database.signature() != self._signature:
            raise _GoneError("the file was moved or deleted")
        self._checkpointed = self._clock.monotonic()
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        spare = connection.execute("PRAGMA freelist_count").fetchone()[0]
        if spare > max(_SPARE_PAGES, connection.execute("PRAGMA page_count").fetchone()[0] // 2):
            connection.execute("VACUUM")

    def _examine(self, connection: sqlite3.Connection) -> None:
        self._incidents.suspect = False
        found = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found[0] != "ok":
            raise _DamageError(found[0])

    def _attach(self) -> None:
        try:
            self._try_to_attach()
        except (sqlite3.Error, OSError, TraybeatError) as error:
            self._fail(error)
            if is_damage(error) and self._clock.monotonic() >= self._retry_at:
                with suppress(sqlite3.Error, OSError, TraybeatError):
                    self._try_to_attach()

    def _try_to_attach(self) -> None:
        connection = self._database.write()
        try:
            if rows.meta(connection, "id") != self.identity:
                self._meet(connection)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        self._signature = self._database.signature()

    def _resume(self, stretch: int, record: Record | None) -> None:
        """Take one row of the journal on."""
        try:
            if record is not None:
                self._head.restore(stretch, record)
                return
        except DamagedError:
            pass
        self._incidents.met(1)

    def _succeed(self) -> None:
        self.committed = self._clock.wall()
        self._back_off = FIRST_BACK_OFF
        if self.trouble is not None:
            log.info("history reaches the disk again", extra=fields(part=PART))
            self.trouble = None

    def _fail(self, error: Exception) -> None:
        """Let go of the file, set it aside where it is damaged, and try again later."""
        self._detach()
        self._incidents.failed()
        self.trouble = _told(error)
        self._retry_at = self._clock.monotonic()
        aside = self._set_aside() if is_damage(error) else None
        if aside is None and not isinstance(error, _GoneError):
            self._retry_at += self._back_off
            self._back_off = min(2 * self._back_off, LONGEST_BACK_OFF)
        log.warning(
            "history does not reach the disk",
            extra=fields(part=PART, kind=type(error).__name__, error=self.trouble, set_aside=str(aside or "")),
        )

    def _set_aside(self) -> Path | None:
        try:
            aside = self._database.set_aside(self._clock.wall())
        except OSError:
            return None
        self.identity = None
        self._incidents.moved()
        return aside

    def _detach(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()

    def _meet(self, connection: sqlite3.Connection) -> None:
        """Learn what a database knows that was not attached before; raises sqlite3.Error."""
        identity = rows.meta(connection, "id")
        stored, found = list(rows.entries(connection)), list(rows.records(connection))
        self._committer.meet(connection)
        with self._seam:
            self._head.attach(stored)
            for stretch, record in found:
                self._resume(stretch, record)
            self.identity = identity
        self._head.pack()


def _told(error: Exception) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return clean(f"{_TOLD[code]} ({error})" if code in _TOLD else str(error), 300)
