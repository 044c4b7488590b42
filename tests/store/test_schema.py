import sqlite3
from array import array
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from traybeat.store import journal, rows, schema
from traybeat.store.archive import open_archive
from traybeat.store.journal import Addition, Record
from traybeat.store.schema import MIGRATIONS, ForeignDatabaseError, NewerSchemaError, OlderSchemaError
from traybeat.store.tier import TEN_MINUTES


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
    assert schema.check(connection, later) == len(later)
    connection.execute("SELECT x FROM later")


def test_a_migration_that_fails_leaves_the_version_before(connection: sqlite3.Connection) -> None:
    def broken(db: sqlite3.Connection) -> None:
        db.execute("CREATE TABLE half (x)")
        db.execute("no SQL")

    schema.migrate(connection)
    with pytest.raises(sqlite3.Error):
        schema.migrate(connection, (*MIGRATIONS, broken))
    assert schema.check(connection) == len(MIGRATIONS)
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        connection.execute("SELECT x FROM half")


def test_a_newer_database_is_refused_in_words_that_help(connection: sqlite3.Connection) -> None:
    schema.migrate(connection)
    connection.execute("PRAGMA user_version = 99")
    with pytest.raises(NewerSchemaError, match=r"newer Traybeat: its version is 99.*update Traybeat"):
        schema.migrate(connection)


def test_who_only_reads_an_older_database_is_told_to_start_the_program(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as older:
        schema.migrate(older, MIGRATIONS[:1])
    with pytest.raises(OlderSchemaError, match=r"its version is 1, .*start this Traybeat once"):
        open_archive(path)


@pytest.mark.parametrize("mark", ["CREATE TABLE theirs (x)", "PRAGMA user_version = 1", "PRAGMA application_id = 77"])
def test_a_database_of_another_program_is_refused(connection: sqlite3.Connection, mark: str) -> None:
    connection.execute(mark)
    with pytest.raises(ForeignDatabaseError):
        schema.migrate(connection)


def test_the_first_version_keeps_its_ten_minutes_and_its_journal(connection: sqlite3.Connection) -> None:
    schema.migrate(connection, MIGRATIONS[:1])
    kept = {(stretch, series): f"{stretch} of {series}".encode() for stretch in (19_000, 19_001) for series in (1, 700)}
    for (stretch, series), data in kept.items():
        connection.execute("INSERT INTO ten_minutes VALUES (?, ?)", (stretch << 24 | series, data))
    record = Record([Addition(7, (), array("H", (1, 2)), (5, 6), whole=True)], ())
    for stretch in (456_001, 456_000):
        connection.execute("INSERT INTO journal (stretch, data) VALUES (?, ?)", (stretch, journal.encode(record)))
    schema.migrate(connection)
    found = {
        (stretch, series): data
        for series in (1, 700)
        for stretch, data in rows.span(connection, TEN_MINUTES, range(19_000, 19_002), series)
    }
    assert found == kept
    recorded = list(rows.records(connection))
    assert [stretch for stretch, _ in recorded] == [456_001, 456_000]
    assert all(one is not None and list(one.additions[0].numbers) == [5, 6] for _, one in recorded)
