"""The disk fills up, the directory is read-only, the file breaks: collection never stops, and history comes back."""

import os
import random
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from histories import BYTES, HOUR, RATIO, START, Kept, read
from traybeat.store.history import COMMIT_SECONDS
from traybeat.store.writer import CHECKPOINT_SECONDS


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    found = Kept(tmp_path / "telemetry.db")
    yield found
    found.close()


class Refusing(sqlite3.Connection):
    """A connection that fails as it is told to, when it is told to."""

    error: str | None = None

    def execute(self, sql: str, parameters: Any = ()) -> sqlite3.Cursor:
        if Refusing.error and sql == "COMMIT":
            raise sqlite3.OperationalError(Refusing.error)
        return super().execute(sql, parameters)


@pytest.fixture
def refusing(tmp_path: Path) -> Iterator[Kept]:
    """A history whose disk can be made to refuse."""
    found = Kept(tmp_path / "telemetry.db", connect=refuse)
    yield found
    Refusing.error = None
    found.close()


def refuse(database: str, **options: Any) -> sqlite3.Connection:
    found: sqlite3.Connection = sqlite3.connect(database, factory=Refusing, **options)
    return found


def values(kept: Kept, hours: float = 40) -> list[float]:
    return [value for _, value in read(kept.line(RATIO, START, START + hours * HOUR))]


def test_a_full_disk_costs_nothing_once_there_is_room_again(refusing: Kept) -> None:
    refusing.run([0.1] * 50)
    Refusing.error = "database or disk is full"
    refusing.run([0.2] * 3000)
    state = refusing.history.state()
    assert (state.on_disk, state.trouble) == (False, "database or disk is full")
    assert state.failures > 1
    assert values(refusing) == [0.1] * 50 + [0.2] * 3000, "what came before is read from the disk, the rest from memory"
    Refusing.error = None
    refusing.run([0.3] * 50)
    assert refusing.history.state().on_disk
    refusing.again()
    assert values(refusing)[:3050] == [0.1] * 50 + [0.2] * 3000
    refusing.settle()
    assert values(refusing)[:3050] == [0.1] * 50 + [0.2] * 3000
    assert refusing.history.state().dropped == ()


def test_memory_stays_bounded_however_long_the_disk_is_full(refusing: Kept) -> None:
    refusing.run([0.1] * 5)
    Refusing.error = "database or disk is full"
    noise = random.Random(1)  # noqa: S311
    for _ in range(3 * 60):
        for _ in range(10):
            for device in range(5):
                refusing.give(BYTES, noise.randrange(1 << 40), f"d{device}")
            refusing.clock.go(6)
        refusing.history.flush()
    assert refusing.history.state().bytes_in_memory < 30_000 * 2
    assert refusing.history.state().dropped == ()


def test_what_no_longer_fits_in_memory_goes_from_its_old_end_and_is_counted(tmp_path: Path) -> None:
    refusing = Kept(tmp_path / "telemetry.db", connect=refuse, most_in_memory=3000)
    refusing.run([0.1] * 5)
    Refusing.error = "database or disk is full"
    noise = random.Random(1)  # noqa: S311
    given = [RATIO.sample(noise.random()).value for _ in range(3600)]
    refusing.run(given, every=10)
    ((reason, count),) = refusing.history.state().dropped
    assert reason == "memory"
    assert count > 1000
    assert values(refusing)[5:] == given[-len(values(refusing)) + 5 :]
    assert refusing.history.state().bytes_in_memory < 4000
    Refusing.error = None
    refusing.close()


def test_a_commit_that_fails_is_tried_less_and_less_often(refusing: Kept) -> None:
    refusing.run([0.1] * 5)
    Refusing.error = "database or disk is full"
    refusing.run([0.2] * 300)
    assert 5 < refusing.history.state().failures < 20


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="needs to mount a small disk")
def test_a_real_disk_that_fills_up(tmp_path: Path) -> None:
    noise = random.Random(1)  # noqa: S311
    given = [RATIO.sample(noise.random()).value for _ in range(4000)]
    with small_disk(tmp_path / "disk") as disk:
        kept = Kept(disk / "telemetry.db")
        kept.run([0.1] * 50)
        fill(disk / "filler")
        kept.run(given)
        state = kept.history.state()
        assert not state.on_disk
        assert state.trouble is not None
        assert "the disk is full" in state.trouble
        assert values(kept) == [0.1] * 50 + given
        (disk / "filler").unlink()
        kept.run([0.3] * 50)
        assert kept.history.state().on_disk
        kept.settle()
        assert values(kept) == [0.1] * 50 + given + [0.3] * 50
        kept.close()


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="needs to mount a disk")
def test_a_directory_that_becomes_read_only(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        kept = Kept(disk / "telemetry.db")
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        kept.run([0.1] * 50)
        state = kept.history.state()
        assert not state.on_disk
        assert state.trouble is not None
        assert "ead-only" in state.trouble
        assert values(kept) == [0.1] * 50
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
        kept.clock.go(60)
        kept.run([0.2] * 50)
        assert kept.history.state().on_disk
        kept.again()
        assert values(kept)[:95] == [0.1] * 50 + [0.2] * 45
        kept.close()


def test_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    kept = Kept(tmp_path / "data" / "telemetry.db")
    kept.run([0.1] * 50)
    assert kept.history.state().trouble
    assert values(kept) == [0.1] * 50
    (tmp_path / "data").unlink()
    kept.clock.go(60)
    kept.run([0.2] * 50)
    assert kept.history.state().trouble is None
    kept.again()
    assert values(kept)[:95] == [0.1] * 50 + [0.2] * 45
    kept.close()


BREAKS: dict[str, Callable[[bytearray], bytes]] = {
    "other content": lambda content: b"There is no database here. " * 1000,
    "a torn header": lambda content: bytes(100) + bytes(content[100:]),
    "cut in half": lambda content: bytes(content[: len(content) // 2]),
    "no first page": lambda content: os.urandom(4096) + bytes(content[4096:]),
    "all zeros": lambda content: bytes(len(content)),
}


@pytest.mark.parametrize("kind", BREAKS)
def test_a_file_that_is_broken_at_the_start_is_set_aside(kept: Kept, kind: str) -> None:
    kept.run([0.1] * 2000)
    kept.settle()
    kept.close()
    content = BREAKS[kind](bytearray(kept.path.read_bytes()))
    kept.path.write_bytes(content)
    kept.start()
    now = kept.clock.wall()
    kept.run([0.2] * 200)
    state = kept.history.state()
    assert (state.on_disk, state.set_aside) == (True, 1)
    (aside,) = kept.path.parent.glob("telemetry.db.damaged-*T??????")
    assert aside.read_bytes()[: len(content)] == content
    assert [pair[1] for pair in read(kept.line(RATIO, now, now + HOUR))] == [0.2] * 200
    kept.again()
    assert len(kept.line(RATIO, now, now + HOUR).times) > 190


def test_an_empty_file_is_made_a_database(tmp_path: Path) -> None:
    (tmp_path / "telemetry.db").touch()
    kept = Kept(tmp_path / "telemetry.db")
    kept.run([0.2] * 50)
    assert kept.history.state().on_disk
    assert kept.history.state().set_aside == 0
    kept.close()


@pytest.mark.parametrize("table", ["raw", "series", "journal"])
def test_pages_that_break_under_way_are_met_and_the_file_set_aside(kept: Kept, table: str) -> None:
    for n in range(60):
        kept.give(BYTES, n, f"disk-{n}")
    kept.run([0.1] * 1800)
    kept.settle()
    kept.run([0.2] * 100)
    break_pages(kept, table)
    kept.lines(BYTES.name, START, START + 9 * HOUR)
    kept.clock.go(HOUR)
    now = kept.clock.wall()
    kept.run([0.3] * 1000)
    kept.settle()
    state = kept.history.state()
    assert (state.on_disk, state.set_aside) == (True, 1)
    assert [pair[1] for pair in read(kept.line(RATIO, now, now + 9 * HOUR))] == [0.3] * 1000


def break_pages(kept: Kept, table: str) -> None:
    """Overwrite all pages of a table, as a failing disk might."""
    code = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
pages = [n for n, in db.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", sys.argv[2:])]
size = db.execute("PRAGMA page_size").fetchone()[0]
db.close()
with open(sys.argv[1], "r+b") as file:
    for page in pages:
        file.seek((page - 1) * size)
        file.write(b"\\xa5" * size)
"""
    subprocess.run([sys.executable, "-c", code, kept.path, table], check=True)


def test_a_torn_log_costs_its_end_only(kept: Kept, tmp_path: Path) -> None:
    kept.run([0.1] * 25)
    wal = kept.path.with_name("telemetry.db-wal")
    torn = bytearray(wal.read_bytes())
    left = tmp_path / "left" / "telemetry.db"
    left.parent.mkdir()
    left.write_bytes(kept.path.read_bytes())
    torn[-500:] = b"\x5a" * 500
    left.with_name("telemetry.db-wal").write_bytes(torn)
    other = Kept(left)
    other.history.flush()
    assert other.history.state().on_disk
    assert other.history.state().set_aside == 0
    assert 10 < len(values(other)) < 25
    other.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not delete files that are open")
def test_a_file_that_is_deleted_under_way_is_made_anew(kept: Kept) -> None:
    kept.run([0.1] * 50)
    for suffix in ("", "-wal", "-shm"):
        kept.path.with_name(kept.path.name + suffix).unlink()
    kept.run([0.2] * 100)
    state = kept.history.state()
    assert (state.on_disk, state.set_aside) == (True, 0)
    assert kept.path.exists()
    kept.again()
    assert values(kept)[:145] == [0.1] * 50 + [0.2] * 95


@pytest.mark.parametrize(
    ("pragma", "words"), [("user_version = 99", "newer"), ("application_id = 7", "another program")]
)
def test_a_file_that_is_not_ours_to_change_stays_as_it_is(kept: Kept, pragma: str, words: str) -> None:
    kept.run([0.1] * 50)
    kept.close()
    with closing(sqlite3.connect(kept.path)) as connection:
        connection.execute(f"PRAGMA {pragma}")
    before = kept.path.read_bytes()
    kept.start()
    now = kept.clock.wall()
    kept.run([0.2] * 200)
    state = kept.history.state()
    assert not state.on_disk
    assert state.trouble is not None
    assert words in state.trouble
    assert [pair[1] for pair in read(kept.line(RATIO, now, now + HOUR))] == [0.2] * 200
    assert kept.path.read_bytes() == before
    kept.path.rename(kept.path.with_name("elsewhere"))
    kept.clock.go(60)
    kept.run([0.3] * 10)
    assert kept.history.state().on_disk


@contextmanager
def small_disk(place: Path) -> Iterator[Path]:
    """Mount a file system of 600 kB for a while."""
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", place], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def fill(path: Path) -> None:
    """Fill a file system to the last byte."""
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(1024))


class Stuck(sqlite3.Connection):
    """A connection to a disk that does not answer."""

    reached, released = threading.Event(), threading.Event()

    def execute(self, sql: str, parameters: Any = ()) -> sqlite3.Cursor:
        if sql == "COMMIT":
            Stuck.reached.set()
            Stuck.released.wait(30)
        return super().execute(sql, parameters)


def test_batches_do_not_wait_for_a_disk_that_is_stuck(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "telemetry.db", connect=lambda *a, **k: sqlite3.connect(*a, factory=Stuck, **k))
    Stuck.released.set()
    kept.run([0.1] * 10)
    Stuck.reached.clear()
    Stuck.released.clear()
    writer = threading.Thread(target=kept.history.flush)
    kept.give(RATIO, 0.2)
    writer.start()
    assert Stuck.reached.wait(30)
    for n in range(1000):
        kept.give(RATIO, 0.3, at=START + 100 + n)
    assert writer.is_alive()
    reader = threading.Thread(target=values, args=(kept,))
    reader.start()
    reader.join(0.2)
    assert reader.is_alive(), "while samples move to the tables, readers wait: they would see them twice, or not at all"
    Stuck.released.set()
    writer.join()
    reader.join()
    assert values(kept) == [0.1] * 10 + [0.2] + [0.3] * 1000
    kept.close()


def test_a_database_that_got_mostly_empty_becomes_small_again(kept: Kept) -> None:
    kept.run([0.1] * 50)
    with closing(sqlite3.connect(kept.path)) as connection:
        rows = ((number, os.urandom(900)) for number in range(2500))
        connection.executemany("INSERT INTO minute VALUES (?, ?)", rows)
        connection.commit()
    kept.clock.go(60)
    kept.history.flush()
    before = kept.path.stat().st_size
    kept.run([0.1] * 100)
    kept.clock.go(2 * HOUR)
    kept.run([0.1] * 2000)
    assert kept.path.stat().st_size < before / 5
    assert set(values(kept)) == {0.1}
    assert kept.history.state().failures == 0


def test_a_power_cut_costs_what_came_since_the_last_checkpoint(kept: Kept, tmp_path: Path) -> None:
    """The log is not synced between checkpoints: any of its blocks may be missing, or old."""
    chance = random.Random(1)  # noqa: S311
    for number in range(24):
        kept.run([0.1] * 20)
        now = kept.clock.wall()
        image = tmp_path / f"image-{number}" / "telemetry.db"
        image.parent.mkdir()
        image.write_bytes(kept.path.read_bytes())
        log = bytearray(kept.path.with_name("telemetry.db-wal").read_bytes())
        for _ in range(number % 4):
            place = chance.randrange(0, len(log), 512)
            log[place : place + 4096] = bytes(len(log[place : place + 4096]))
        image.with_name("telemetry.db-wal").write_bytes(log[: chance.randrange(len(log) + 1)])
        left = Kept(image, now=now)
        left.history.flush()
        assert left.history.state().set_aside == 0
        assert left.history.state().damaged == 0
        times = [time for time, _ in read(left.line(RATIO, START, now))] if now > START + 80 else [now]
        assert times[-1] >= now - CHECKPOINT_SECONDS - 2 * COMMIT_SECONDS - 2
        left.close()
