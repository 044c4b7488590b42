import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from traybeat.alerts.database import DamagedFileError, NewerSchemaError, verify
from traybeat.alerts.journal import Journal, staged
from traybeat.alerts.schema import MIGRATIONS


def wall() -> float:
    return 1_700_000_000.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "journal.db"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    one = Journal(path, wall)
    yield one
    one.close()


def put(journal: Journal, target: str) -> None:
    journal.write(lambda db: db.execute("INSERT INTO snoozes VALUES ('rule', ?, 1)", (target,)))


def targets(journal: Journal) -> list[str]:
    return [row["target"] for row in journal.read("SELECT target FROM snoozes ORDER BY target")]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_the_file_is_for_its_owner_alone(path: Path, journal: Journal) -> None:
    put(journal, "a")
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_every_commit_is_synchronous(journal: Journal) -> None:
    assert journal.read("PRAGMA synchronous")[0][0] == 2
    assert journal.read("PRAGMA journal_mode")[0][0] == "wal"
    assert journal.read("PRAGMA user_version")[0][0] == len(MIGRATIONS)


def test_what_was_written_is_there_after_a_restart(path: Path, journal: Journal) -> None:
    put(journal, "a")
    other = Journal(path, wall)
    assert targets(other) == ["a"]
    other.close()


def test_work_that_fails_leaves_nothing_behind(journal: Journal) -> None:
    def work(db: sqlite3.Connection) -> None:
        db.execute("INSERT INTO snoozes VALUES ('rule', 'a', 1)")
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        journal.write(work)
    assert targets(journal) == []


def test_mistakes_of_ours_are_not_taken_for_the_disks(journal: Journal) -> None:
    put(journal, "a")
    with pytest.raises(sqlite3.IntegrityError):
        put(journal, "a")
    with pytest.raises(sqlite3.OperationalError):
        journal.write(lambda db: db.execute("INSERT INTO nowhere VALUES (1)"))
    assert journal.problem is None


def test_a_newer_schema_is_refused_and_left_untouched(path: Path, journal: Journal) -> None:
    journal.write(lambda db: db.execute("PRAGMA user_version = 99"))
    journal.close()
    before = path.read_bytes()
    with pytest.raises(NewerSchemaError, match="version 99, this Traybeat knows up to"):
        Journal(path, wall)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_kept_aside(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"this is no database at all, but it was somebody's " * 100)
    journal = Journal(path, wall)
    put(journal, "a")
    assert targets(journal) == ["a"]
    assert journal.problem is None
    assert "journal.db.damaged-1700000000" in (journal.notice or "")
    assert (path.parent / "journal.db.damaged-1700000000").read_bytes().startswith(b"this is no database")
    journal.close()


def test_a_damaged_page_is_noticed_at_the_start(path: Path, journal: Journal) -> None:
    journal.close()
    content = bytearray(path.read_bytes())
    content[4096 * 3 : 4096 * 6] = b"\xff" * 4096 * 3
    path.write_bytes(content)
    again = Journal(path, wall)
    assert again.notice is not None
    put(again, "a")
    again.close()


def test_a_directory_that_can_not_be_used_leaves_the_journal_in_memory(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    journal = Journal(blocked / "journal.db", wall)
    put(journal, "a")
    assert targets(journal) == ["a"]
    assert "kept in memory" in (journal.problem or "")
    journal.mend()
    assert "kept in memory" in (journal.problem or "")
    blocked.unlink()
    journal.mend()
    assert journal.problem is None
    journal.close()
    again = Journal(blocked / "journal.db", wall)
    assert targets(again) == ["a"]
    again.close()


def test_a_file_that_could_not_be_read_is_not_overwritten_later(path: Path) -> None:
    path.mkdir(parents=True)
    journal = Journal(path, wall)
    put(journal, "a")
    path.rmdir()
    before = b"a journal of somebody else's"
    path.write_bytes(before)
    journal.mend()
    assert targets(journal) == ["a"]
    assert journal.problem is None
    assert (path.parent / "journal.db.damaged-1700000000").read_bytes() == before
    journal.close()


_FULL = """
import resource, signal, sys
from pathlib import Path
from traybeat.alerts.journal import Journal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
journal = Journal(Path(sys.argv[1]), lambda: 1700000000.0)
put = lambda target: journal.write(lambda db: db.execute("INSERT INTO snoozes VALUES ('rule', ?, 1)", (target,)))
put("before")
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (8192, hard))
put("while full")
assert journal.problem, "it did not notice"
journal.mend()
assert journal.problem, "it can't be well"
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
journal.mend()
assert journal.problem is None, journal.problem
put("after")
journal.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a way to make files refuse to grow")
def test_a_disk_that_fills_up_loses_nothing(path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", _FULL, str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    journal = Journal(path, wall)
    assert targets(journal) == ["after", "before", "while full"]
    journal.close()


def test_a_file_damaged_while_it_is_open_does_not_stop_the_journal(path: Path, journal: Journal) -> None:
    put(journal, "a")
    journal.read("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        file.seek(0)
        file.write(b"\xff" * 4096 * 12)
    journal.read("PRAGMA shrink_memory")
    put(journal, "b")
    assert journal.problem is not None
    assert "b" in targets(journal)
    journal.mend()
    put(journal, "c")
    assert "c" in targets(journal)


def test_a_restored_journal_takes_the_place_of_the_old_one_at_the_next_start(path: Path, tmp_path: Path) -> None:
    saved, old = Journal(tmp_path / "saved.db", wall), Journal(path, wall)
    put(saved, "saved")
    saved.close()
    put(old, "old")
    left = path.with_name("journal.db-wal").read_bytes()
    old.close()
    path.with_name("journal.db-wal").write_bytes(left)  # as a kill leaves it
    staged(path).write_bytes((tmp_path / "saved.db").read_bytes())
    journal = Journal(path, wall)
    assert targets(journal) == ["saved"]
    assert not staged(path).exists()
    journal.close()


def test_a_journal_is_verified_before_it_is_restored(path: Path, tmp_path: Path) -> None:
    journal = Journal(path, wall)
    put(journal, "a")
    journal.close()
    verify(path, MIGRATIONS)
    with pytest.raises(NewerSchemaError):
        verify(path, MIGRATIONS[:-1])
    content = bytearray(path.read_bytes())
    content[4096:] = b"x" * len(content[4096:])
    for bad in (bytes(content), b"no database", b""):
        wrong = tmp_path / "wrong.db"
        wrong.write_bytes(bad)
        with pytest.raises(DamagedFileError):
            verify(wrong, MIGRATIONS)
