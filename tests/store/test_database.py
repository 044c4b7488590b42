import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from traybeat.store.database import KEPT_ASIDE, Database, is_damage
from traybeat.store.schema import NewerSchemaError

NOON = 1_700_049_600.0


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(tmp_path / "deep" / "telemetry.db")


def test_the_writer_commits_without_waiting_and_checkpoints_itself(database: Database) -> None:
    with closing(database.write()) as connection:
        for pragma, value in (("journal_mode", "wal"), ("synchronous", 1), ("wal_autocheckpoint", 0)):
            assert connection.execute(f"PRAGMA {pragma}").fetchone() == (value,)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_nobody_else_may_read_the_file_nor_its_log(database: Database) -> None:
    before = os.umask(0)
    try:
        with closing(database.write()):
            for path in database.path.parent.iterdir():
                assert path.stat().st_mode & 0o777 == 0o600, path
    finally:
        os.umask(before)


def test_a_reader_sees_what_is_committed_and_writes_nothing(database: Database) -> None:
    with closing(database.write()) as writer, closing(database.read()) as reader:
        writer.execute("INSERT INTO raw VALUES (1, x'00')")
        assert reader.execute("SELECT id FROM raw").fetchone() == (1,)
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            reader.execute("DELETE FROM raw")


def test_a_reader_makes_no_file(database: Database) -> None:
    with pytest.raises(sqlite3.OperationalError):
        database.read()
    assert not database.path.exists()


@pytest.mark.parametrize("name", ["a b#c?d%20", "ümläut"])
def test_the_path_may_hold_any_characters(tmp_path: Path, name: str) -> None:
    database = Database(tmp_path / name / "telemetry.db")
    with closing(database.write()), closing(database.read()) as reader:
        assert reader.execute("SELECT count(*) FROM raw").fetchone() == (0,)


def test_a_newer_database_stays_as_it_is(database: Database) -> None:
    with closing(database.write()) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = database.path.read_bytes()
    with pytest.raises(NewerSchemaError):
        database.write()
    assert database.path.read_bytes() == before


def test_a_newer_database_that_was_not_closed_stays_as_it_is(database: Database, tmp_path: Path) -> None:
    with closing(database.write()) as connection:
        connection.execute("PRAGMA user_version = 99")
        left = Database(tmp_path / "left.db")
        for suffix in ("", "-wal"):
            source = database.path.with_name(database.path.name + suffix)
            left.path.with_name(left.path.name + suffix).write_bytes(source.read_bytes())
    files = {name: (tmp_path / name).read_bytes() for name in ("left.db", "left.db-wal")}
    with pytest.raises(NewerSchemaError):
        left.write()
    assert {name: (tmp_path / name).read_bytes() for name in files} == files


def test_damage_is_told_from_trouble(database: Database) -> None:
    database.path.parent.mkdir()
    database.path.write_bytes(b"This is not a database, and it is long enough to show that." * 100)
    with pytest.raises(sqlite3.DatabaseError) as caught:
        database.write()
    assert is_damage(caught.value)
    assert not is_damage(sqlite3.OperationalError("disk full"))
    assert not is_damage(OSError())


def test_a_database_is_set_aside_whole_and_only_the_newest_stay(database: Database) -> None:
    database.path.parent.mkdir()
    asides = []
    for number in range(KEPT_ASIDE + 2):
        for suffix in ("", "-wal", "-shm"):
            database.path.with_name(database.path.name + suffix).write_text(f"{number}{suffix}")
        asides.append(database.set_aside(NOON + 60 * number))
    assert asides[0].name == "telemetry.db.damaged-20231115T120000"
    left = sorted(path.name for path in database.path.parent.iterdir())
    assert left == sorted(path.name + suffix for path in asides[-KEPT_ASIDE:] for suffix in ("", "-wal", "-shm"))
    assert asides[-1].read_text() == f"{KEPT_ASIDE + 1}"


def test_two_databases_that_are_set_aside_at_once_keep_apart(database: Database) -> None:
    database.path.parent.mkdir()
    for text in ("one", "two"):
        database.path.write_text(text)
        database.set_aside(NOON)
    assert sorted(path.read_text() for path in database.path.parent.iterdir()) == ["one", "two"]


def test_a_file_is_known_by_more_than_its_name(database: Database) -> None:
    assert database.signature() is None
    with closing(database.write()):
        first = database.signature()
    database.path.rename(database.path.with_name("elsewhere"))
    with closing(database.write()):
        assert database.signature() != first


def test_the_size_includes_the_log(database: Database) -> None:
    assert database.size() == 0
    with closing(database.write()):
        assert database.size() > database.path.stat().st_size
