import sqlite3
from collections.abc import Iterator

import pytest

from traybeat.store import schema
from traybeat.store.schema import MIGRATIONS, ForeignDatabaseError, NewerSchemaError


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    found = sqlite3.connect(":memory:", isolation_level=None)
    yield found
    found.close()


def test_an_empty_file_gets_the_tables(connection: sqlite3.Connection) -> None:
    assert schema.check(connection) == 0
    schema.migrate(connection)
    assert schema.check(connection) == len(MIGRATIONS)
    assert connection.execute("SELECT count(*) FROM raw").fetchone() == (0,)
    assert connection.execute("PRAGMA application_id").fetchone() == (int.from_bytes(b"TBea"),)


def test_each_database_has_a_name_of_its_own(connection: sqlite3.Connection) -> None:
    schema.migrate(connection)
    first = connection.execute("SELECT value FROM meta WHERE key = 'id'").fetchone()
    schema.rename(connection)
    assert connection.execute("SELECT value FROM meta WHERE key = 'id'").fetchone() != first


def test_migrations_run_once_each_from_where_the_database_is(connection: sqlite3.Connection) -> None:
    schema.migrate(connection)
    later = (*MIGRATIONS, lambda db: db.execute("CREATE TABLE later (x)") and None)
    schema.migrate(connection, later)
    schema.migrate(connection, later)
    assert schema.check(connection, later) == 2
    connection.execute("SELECT x FROM later")


def test_a_migration_that_fails_leaves_the_version_before(connection: sqlite3.Connection) -> None:
    def broken(db: sqlite3.Connection) -> None:
        db.execute("CREATE TABLE half (x)")
        db.execute("no SQL")

    schema.migrate(connection)
    with pytest.raises(sqlite3.Error):
        schema.migrate(connection, (*MIGRATIONS, broken))
    assert schema.check(connection) == 1
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        connection.execute("SELECT x FROM half")


def test_a_newer_database_is_refused_in_words_that_help(connection: sqlite3.Connection) -> None:
    schema.migrate(connection)
    connection.execute("PRAGMA user_version = 99")
    with pytest.raises(NewerSchemaError, match=r"newer Traybeat: its version is 99.*update Traybeat"):
        schema.migrate(connection)


@pytest.mark.parametrize("mark", ["CREATE TABLE theirs (x)", "PRAGMA user_version = 1", "PRAGMA application_id = 77"])
def test_a_database_of_another_program_is_refused(connection: sqlite3.Connection, mark: str) -> None:
    connection.execute(mark)
    with pytest.raises(ForeignDatabaseError):
        schema.migrate(connection)
