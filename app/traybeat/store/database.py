"""The database file: how it is opened, what its errors mean, and how a damaged one is set aside."""

import os
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Protocol

from traybeat.store import schema

_PRIVATE = 0o600
_BUSY_SECONDS = 2.0
_CACHE_KIB = 192
_PAGE_BYTES = 1024
"""Most rows are of some hundred bytes, a few of some thousand: in small pages, less room is left over between them."""
_WAL_BYTES = 4_000_000
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_SUFFIXES = ("", "-wal", "-shm")
KEPT_ASIDE = 2


class Connect(Protocol):
    """Opens a database as `sqlite3.connect` does."""

    def __call__(
        self, database: str, *, timeout: float, isolation_level: None, check_same_thread: bool, uri: bool
    ) -> sqlite3.Connection:
        """Open; raises sqlite3.Error."""


def is_damage(error: BaseException) -> bool:
    """Say whether an error means that the file's content is broken, rather than that it can't be used now."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGE


class Database:
    """One file, opened for one writer and for any number of readers."""

    def __init__(self, path: Path, connect: Connect = sqlite3.connect) -> None:
        self.path = path
        self._connect = connect

    def write(self) -> sqlite3.Connection:
        """Open for the writer; makes and migrates what needs it. Raises sqlite3.Error, OSError, TraybeatError."""
        self._create()
        if _size(self.path):
            # A reader leaves the file as it is; a writer that closes it would move the log into it.
            with closing(self.read()) as reader:
                schema.check(reader)
        connection = self._open("rw")
        try:
            connection.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA wal_autocheckpoint = 0")
            connection.execute(f"PRAGMA journal_size_limit = {_WAL_BYTES}")
            connection.execute("PRAGMA secure_delete = OFF")
            schema.migrate(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def read(self) -> sqlite3.Connection:
        """Open for a reader on any thread, one at a time. Raises sqlite3.Error."""
        return self._open("ro")

    def signature(self) -> tuple[int, int] | None:
        """Identify the file that bears the name now; None where there is none."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def size(self) -> int:
        """Give the bytes that the file and its log take on disk."""
        return sum(_size(self._beside(self.path, suffix)) for suffix in _SUFFIXES)

    def set_aside(self, wall: float) -> Path:
        """Rename the file, its log included, to `NAME.damaged-TIME` in UTC; the newest two stay. Raises OSError."""
        stem = f"{self.path.name}.damaged-{time.strftime('%Y%m%dT%H%M%S', time.gmtime(wall))}"
        names = (stem if n == 1 else f"{stem}-{n}" for n in range(1, 1000))
        aside = next(path for name in names if not (path := self.path.with_name(name)).exists())
        for suffix in _SUFFIXES:
            with suppress(FileNotFoundError):
                self._beside(self.path, suffix).replace(self._beside(aside, suffix))
        self._forget_old()
        return aside

    def _forget_old(self) -> None:
        marks = sorted(
            path.name.removesuffix("-wal").removesuffix("-shm")
            for path in self.path.parent.glob(f"{self.path.name}.damaged-*")
        )
        for name in sorted(set(marks))[:-KEPT_ASIDE]:
            for suffix in _SUFFIXES:
                with suppress(OSError):
                    self._beside(self.path.with_name(name), suffix).unlink()

    def _create(self) -> None:
        """Make the file before SQLite does, so that nobody else can ever read it; its log takes over the mode."""
        if not self.path.exists():
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, _PRIVATE))

    def _open(self, mode: str) -> sqlite3.Connection:
        connection = self._connect(
            f"{self.path.absolute().as_uri()}?mode={mode}",
            timeout=_BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            uri=True,
        )
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        return connection

    @staticmethod
    def _beside(path: Path, suffix: str) -> Path:
        return path.with_name(path.name + suffix)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
