import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from histories import BYTES, DAY, HOUR, RATIO, START, Kept, read
from traybeat.model.readings.process import Process
from traybeat.model.selector import Selector, matcher
from traybeat.store.database import Database
from traybeat.store.head import Head
from traybeat.store.incidents import Incidents
from traybeat.store.reader import Reader
from traybeat.store.series import Catalogue, Entry

BASH = Process(77, "bash", "anna", 0.0, 4096.0)
FIREFOX = Process(1234, "firefox", "anna", 0.25, 1024.0 * 900_000)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    found = Kept(tmp_path / "telemetry.db")
    yield found
    found.close()


def test_series_are_found_by_their_labels(kept: Kept) -> None:
    for device in ("sda", "sdb", "nvme0n1"):
        kept.give(BYTES, 1, device)
    kept.give(RATIO, 0.5)
    for text, found in (
        ("sda", ["sda"]),
        ("~sd.", ["sda", "sdb"]),
        ("!~sd.", ["nvme0n1"]),
        ("!sda", ["nvme0n1", "sdb"]),
    ):
        selector = Selector(BYTES.name, (matcher("device", text),))
        assert [one.labels["device"] for one in kept.history.reader.catalogue(selector)] == found
        lines = kept.history.reader.query(selector, START, START + 1, 10)
        assert [line.series.labels["device"] for line in lines] == found
    assert len(kept.history.reader.catalogue()) == 4


def test_the_catalogue_tells_what_a_series_is(kept: Kept) -> None:
    kept.give(RATIO, 0.5)
    kept.history.flush()
    kept.again()
    kept.give(RATIO, 0.5)
    (told,) = kept.history.reader.catalogue()
    assert (told.name, told.unit, told.help, told.first, told.last) == (
        RATIO.name,
        "ratio",
        "Busy.",
        START,
        START + HOUR,
    )


def test_what_the_machine_did_at_a_moment_is_found(kept: Kept) -> None:
    kept.show(BASH)
    for _ in range(800):
        kept.clock.go(10)
        kept.show(BASH, FIREFOX)
    for at in (START + 4000, START + 7990):
        found = kept.history.reader.processes(at + 3)
        assert found is not None
        assert (found.time, found.processes) == (at * 10, (BASH, FIREFOX))
    kept.settle()
    found = kept.history.reader.processes(START + 5)
    assert found is not None
    assert found.processes == (BASH,)
    assert kept.history.reader.processes(START + 3 * HOUR) is None
    assert kept.history.reader.processes(START - 1) is None
    assert len(kept.history.reader.snapshots(START, START + 3 * HOUR)) == 801


def test_snapshots_survive_a_crash_and_late_ones_join(kept: Kept) -> None:
    kept.show(BASH)
    kept.history.flush()
    kept.again()
    kept.settle()
    kept.clock.now_wall = START + 100
    kept.show(FIREFOX)
    kept.clock.now_wall = START + 5 * HOUR
    kept.history.flush()
    assert [one.processes for one in kept.history.reader.snapshots(START, START + HOUR)] == [(BASH,), (FIREFOX,)]


def test_snapshots_are_kept_as_long_as_minutes(kept: Kept) -> None:
    kept.show(BASH)
    kept.settle()
    for _ in range(9 * 24):
        kept.clock.go(HOUR)
        kept.give(RATIO, 0.5)
        kept.history.flush()
        kept.history.flush()
    assert kept.history.reader.snapshots(START, START + HOUR) == ()


def test_readers_and_the_writer_do_not_disturb_one_another(kept: Kept) -> None:
    stop, wrong = threading.Event(), []

    def look() -> None:
        while not stop.is_set():
            for line in kept.lines(RATIO.name, START, START + DAY):
                times = list(line.times)
                if times != [START + 2.0 * n for n in range(len(times))]:
                    wrong.append(times)

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    kept.run(n % 100 / 100 for n in range(4000))
    stop.set()
    for thread in threads:
        thread.join()
    assert not wrong
    assert kept.history.state().failures == 0


def test_a_query_while_an_hour_moves_to_the_tables_sees_it_once(kept: Kept) -> None:
    kept.run([0.5] * 1800)
    kept.clock.go(HOUR)
    before = read(kept.line(RATIO, START, START + HOUR))
    kept.history.flush()
    assert read(kept.line(RATIO, START, START + HOUR)) == before


class Fickle:
    """Opens databases, until it no longer does."""

    broken = False

    def __call__(self, database: str, **options: Any) -> sqlite3.Connection:
        if self.broken:
            raise sqlite3.OperationalError("unable to open database file")
        found: sqlite3.Connection = sqlite3.connect(database, **options)
        return found


def test_what_came_last_is_told_even_where_the_file_cannot_be_read(tmp_path: Path) -> None:
    connect = Fickle()
    kept = Kept(tmp_path / "telemetry.db", connect=connect)
    kept.show(BASH)
    kept.run([0.5] * 10)
    connect.broken = True
    assert len(kept.line(RATIO, START, START + HOUR).times) == 10
    assert len(kept.history.reader.snapshots(START, START + HOUR)) == 1
    kept.close()


@pytest.mark.parametrize("identity", [None, "another"])
def test_a_database_that_is_another_one_than_the_writers_is_not_read(kept: Kept, identity: str | None) -> None:
    kept.run([0.5] * 10)
    kept.settle()
    head = Head(Catalogue())
    head.attach([entry()])
    reader = Reader(Database(kept.path), head, threading.Lock(), lambda: identity, Incidents())
    assert reader.query(Selector(), START, START + HOUR, 100) == ()
    with closing(sqlite3.connect(kept.path)) as connection:
        (own,) = connection.execute("SELECT value FROM meta WHERE key = 'id'").fetchone()
    reader = Reader(Database(kept.path), head, threading.Lock(), lambda: own, Incidents())
    assert len(reader.query(Selector(), START, START + HOUR, 100)) == 1


def entry() -> Entry:
    found = Entry((RATIO.name, (), 1e-4), (), "", "")
    found.id = 1
    found.seen(START // HOUR)
    return found
