import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from histories import BYTES, HOUR, RATIO, START, Kept, read
from traybeat.model.selector import Selector
from traybeat.model.settings import History as Options
from traybeat.store import backup
from traybeat.store.archive import open_archive
from traybeat.store.backup import BackupError
from traybeat.store.schema import ForeignDatabaseError, NewerSchemaError


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    found = Kept(tmp_path / "telemetry.db")
    found.run([0.5] * 1900)
    found.clock.go(2 * HOUR)
    found.run([0.6] * 100)
    yield found
    found.close()


def test_a_backup_holds_all_that_is_known_at_that_moment(kept: Kept, tmp_path: Path) -> None:
    kept.give(RATIO, 0.9)
    target = tmp_path / "saved.db"
    kept.history.backup(target)
    kept.give(RATIO, 0.1, at=kept.clock.wall() + 2)
    (line,) = open_archive(target).query(Selector(), START, START + 9 * HOUR, 11_000)
    assert len(line.times) == 2001
    assert line.averages[-1] == 0.9
    assert [path.name for path in tmp_path.glob("*saved*")] == ["saved.db"]
    backup.verify(target)


def test_a_backup_replaces_an_older_one_and_is_private(kept: Kept, tmp_path: Path) -> None:
    target = tmp_path / "saved.db"
    target.write_text("older")
    kept.history.backup(target)
    backup.verify(target)
    if sys.platform != "win32":
        assert target.stat().st_mode & 0o777 == 0o600


def test_a_backup_that_fails_leaves_the_older_one(kept: Kept, tmp_path: Path) -> None:
    target = tmp_path / "directory"
    target.mkdir()
    (target / "file").touch()
    with pytest.raises(BackupError, match="could not be saved"):
        kept.history.backup(target)
    with pytest.raises(BackupError):
        kept.history.backup(tmp_path / "missing" / "saved.db")
    assert [path.name for path in tmp_path.glob("*directory*")] == ["directory"]


def test_a_history_comes_back_and_goes_on(kept: Kept, tmp_path: Path) -> None:
    target = tmp_path / "saved.db"
    kept.history.backup(target)
    before = read(kept.line(RATIO, START, START + 9 * HOUR))
    kept.close()
    kept.path = tmp_path / "new" / "telemetry.db"
    kept.start()
    kept.give(BYTES, 7, "sda")
    kept.history.restore(target)
    assert read(kept.line(RATIO, START, START + 9 * HOUR)) == before
    kept.run([0.7] * 10)
    for _ in range(2):
        assert [round(value, 1) for value in kept.line(RATIO, START, START + 9 * HOUR).averages[-11:]] == [0.6] + [
            0.7
        ] * 10
        assert len(kept.lines(BYTES.name, START, START + 9 * HOUR)) == 1
        assert kept.history.state().trouble is None
        kept.again()
    kept.settle()
    assert len(kept.line(RATIO, START, START + 9 * HOUR).times) == 2010


def test_the_past_that_is_replaced_is_gone_and_what_is_not_in_the_tables_stays(kept: Kept, tmp_path: Path) -> None:
    target = tmp_path / "saved.db"
    kept.history.backup(target)
    kept.run([0.9] * 1800, 2.0, BYTES, "sda")
    kept.settle()
    kept.give(RATIO, 0.8)
    kept.history.restore(target)
    assert kept.lines(BYTES.name, START, START + 9 * HOUR) == ()
    assert len(kept.line(RATIO, START, START + 9 * HOUR).times) == 2001


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", BackupError),
        (b"SQLite format 3\0" + bytes(5000), BackupError),
        (b"something else entirely " * 100, BackupError),
    ],
)
def test_what_is_no_history_is_refused(kept: Kept, tmp_path: Path, content: bytes, error: type[Exception]) -> None:
    (tmp_path / "other").write_bytes(content)
    with pytest.raises(error):
        kept.history.restore(tmp_path / "other")
    assert len(kept.line(RATIO, START, START + 9 * HOUR).times) == 2000


def test_a_missing_file_is_refused(kept: Kept, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="not a sound history"):
        kept.history.restore(tmp_path / "missing")


def test_a_damaged_backup_is_refused(kept: Kept, tmp_path: Path) -> None:
    target = tmp_path / "saved.db"
    kept.history.backup(target)
    content = bytearray(target.read_bytes())
    content[4096 * 3 : 4096 * 4] = b"\xff" * 4096
    target.write_bytes(content)
    with pytest.raises(BackupError):
        backup.verify(target)
    target.write_bytes(content[: len(content) // 2])
    with pytest.raises(BackupError):
        backup.verify(target)


def test_a_backup_of_a_newer_traybeat_or_of_another_program_is_refused(kept: Kept, tmp_path: Path) -> None:
    for name, statement, error in (
        ("newer.db", "PRAGMA user_version = 99", NewerSchemaError),
        ("foreign.db", "PRAGMA application_id = 5", ForeignDatabaseError),
    ):
        kept.history.backup(tmp_path / name)
        with closing(sqlite3.connect(tmp_path / name, isolation_level=None)) as connection:
            connection.execute(statement)
        with pytest.raises(error):
            kept.history.restore(tmp_path / name)


def test_without_a_disk_there_is_no_backup_and_no_restore(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    kept = Kept(tmp_path / "file" / "telemetry.db", Options())
    for act in (kept.history.backup, kept.history.restore):
        with pytest.raises(BackupError):
            act(tmp_path / "saved.db")


def test_another_process_reads_what_was_last_committed(kept: Kept) -> None:
    reader = open_archive(kept.path)
    (line,) = reader.query(Selector(), START, START + 9 * HOUR, 11_000)
    assert 1990 < len(line.times) <= 2000
    assert [one.name for one in reader.catalogue()] == [RATIO.name]
