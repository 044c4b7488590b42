"""The tables, and how a database comes to have them."""

import secrets
import sqlite3
from collections.abc import Callable

from traybeat.model.errors import TraybeatError
from traybeat.store.tier import MOST_SERIES_IDS, SERIES_BITS, STRETCH_BITS

APPLICATION = 0x54426561
"""Marks a file as Traybeat's, for `file` and for us: `TBea`."""
_FIRST = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE kept (tier TEXT PRIMARY KEY, since INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE series (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, labels TEXT NOT NULL, precision REAL NOT NULL,
  unit TEXT NOT NULL, help TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL
);
CREATE TABLE raw (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE minute (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE ten_minutes (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE processes (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE journal (id INTEGER PRIMARY KEY, stretch INTEGER NOT NULL, data BLOB NOT NULL);
INSERT INTO kept VALUES ('raw', 0), ('minute', 0), ('ten_minutes', 0), ('processes', 0);
"""
_SECOND = f"""
CREATE TABLE clustered (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
INSERT INTO clustered SELECT ((id & {MOST_SERIES_IDS - 1}) << {STRETCH_BITS}) | (id >> {SERIES_BITS}), data
  FROM ten_minutes ORDER BY 1;
DROP TABLE ten_minutes;
ALTER TABLE clustered RENAME TO ten_minutes;
CREATE TABLE slots (id INTEGER PRIMARY KEY, number INTEGER NOT NULL, stretch INTEGER NOT NULL, data BLOB NOT NULL);
INSERT INTO slots SELECT id, id, stretch, data FROM journal ORDER BY id;
DROP TABLE journal;
ALTER TABLE slots RENAME TO journal;
"""  # noqa: S608 (constants)


class NewerSchemaError(TraybeatError):
    """The database was written by a newer Traybeat; it is left untouched."""


class OlderSchemaError(TraybeatError):
    """The database was last written by an older Traybeat, and whoever only reads it does not change it."""


class ForeignDatabaseError(TraybeatError):
    """The file is a database, but not a history of Traybeat's; it is left untouched."""


def _create(connection: sqlite3.Connection) -> None:
    for statement in _FIRST.split(";"):
        connection.execute(statement)
    rename(connection)


def rename(connection: sqlite3.Connection) -> None:
    """Give a database a name of its own, by which readers tell it from others that lie at the same place."""
    connection.execute("INSERT OR REPLACE INTO meta VALUES ('id', ?)", (secrets.token_hex(8),))


def _cluster(connection: sqlite3.Connection) -> None:
    """Put the ten minutes of each series together, and give the journal rows that are filled again."""
    for statement in _SECOND.split(";"):
        connection.execute(statement)


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (_create, _cluster)
"""The step at index N takes a database from version N to N + 1; each runs in a transaction of its own."""


def version(connection: sqlite3.Connection) -> int:
    """Give the version of a database's tables; 0 for an empty file. Raises ForeignDatabaseError."""
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    number = connection.execute("PRAGMA user_version").fetchone()[0]
    if application == APPLICATION:
        return int(number)
    if application or number or connection.execute("SELECT 1 FROM sqlite_schema").fetchone():
        raise ForeignDatabaseError("the file is a database of another program; move it away to let history be kept")
    return 0


def check(
    connection: sqlite3.Connection, migrations: tuple[Callable[[sqlite3.Connection], None], ...] = MIGRATIONS
) -> int:
    """Give the version of a database's tables; raises NewerSchemaError where this program does not know it."""
    found = version(connection)
    if found > len(migrations):
        raise NewerSchemaError(
            f"the history was written by a newer Traybeat: its version is {found}, this one knows {len(migrations)};"
            " update Traybeat, or move the file away to start a new history"
        )
    return found


def check_current(connection: sqlite3.Connection) -> None:
    """See to it that a database can be read as it is; raises OlderSchemaError, NewerSchemaError."""
    if 0 < (found := check(connection)) < len(MIGRATIONS):
        raise OlderSchemaError(
            f"the history was last written by an older Traybeat: its version is {found}, this one reads"
            f" {len(MIGRATIONS)}; start this Traybeat once, it brings the history up to date"
        )


def migrate(
    connection: sqlite3.Connection, migrations: tuple[Callable[[sqlite3.Connection], None], ...] = MIGRATIONS
) -> None:
    """Bring a database to the newest version; a step that fails leaves the version before it. Raises sqlite3.Error."""
    for number in range(check(connection, migrations), len(migrations)):
        connection.execute("BEGIN IMMEDIATE")
        try:
            migrations[number](connection)
            connection.execute(f"PRAGMA application_id = {APPLICATION}")
            connection.execute(f"PRAGMA user_version = {number + 1}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
