import math
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traybeat.model.readings.process import Process
from traybeat.store import snapshot
from traybeat.store.packing import DamagedError, pack, squeeze, varint
from traybeat.store.snapshot import EVERY, Film, HeldSnapshots, Snapshot, unite

NAMES = st.text(max_size=10)
PROCESSES = st.lists(
    st.builds(
        Process,
        st.integers(0, 1 << 32),
        NAMES,
        NAMES,
        st.integers(0, 20_000).map(lambda n: n / 10_000),
        st.integers(0, 1 << 32).map(lambda n: n * 1024.0),
    ),
    max_size=5,
)
SNAPSHOTS = st.lists(st.builds(Snapshot, st.integers(0, 1 << 35), PROCESSES.map(tuple)), max_size=6)
FIREFOX = Process(1234, "firefox", "anna", 0.25, 1024.0 * 900_000)
BASH = Process(77, "bash", "anna", 0.0, 1024.0 * 4000)


@given(SNAPSHOTS)
def test_snapshots_come_back_as_they_were_in_order_of_pid(given_: list[Snapshot]) -> None:
    back = snapshot.decode(snapshot.encode(given_))
    assert back == [Snapshot(one.time, tuple(sorted(one.processes))) for one in given_]


def test_a_quiet_hour_of_twenty_processes_takes_little() -> None:
    def shot(number: int) -> Snapshot:
        busy = Process(1, "busy", "root", (number * 37 % 100) / 1000, 5e6)
        calm = (Process(100 + n, f"program-{n}", "anna", 0.0, 1e6 * n) for n in range(19))
        return Snapshot(number * EVERY, (busy, *calm))

    assert len(snapshot.encode([shot(number) for number in range(360)])) < 4000


@given(st.binary(max_size=100))
def test_any_content_is_read_or_refused(data: bytes) -> None:
    with suppress(DamagedError):
        snapshot.decode(zlib.compress(data))


@pytest.mark.parametrize("names", [b"[]", b"[1]", b"{}", b"[[1]]", b"[" * 100_000, b"\xff"])
def test_names_that_make_no_sense_are_refused(names: bytes) -> None:
    with pytest.raises(DamagedError):
        snapshot.decode(squeeze((varint(1), varint(len(names)), names, *pack([5]), *pack([1]), *pack([0]) * 4)))


def test_of_two_snapshots_in_ten_seconds_the_first_is_kept() -> None:
    film = Film()
    film.add(1000, (FIREFOX,))
    film.add(1049, (BASH,))
    film.add(1100, (BASH,))
    assert film.tail == [Snapshot(1000, (FIREFOX,)), Snapshot(1100, (BASH,))]
    assert unite([Snapshot(1000, ())], [Snapshot(900, ()), Snapshot(1099, (BASH,))]) == [
        Snapshot(900, ()),
        Snapshot(1000, ()),
    ]


def test_processes_without_numbers_are_left_out() -> None:
    film = Film()
    film.add(0, (FIREFOX, BASH._replace(cpu_ratio=math.nan), BASH._replace(memory_bytes=math.inf)))
    assert film.tail == [Snapshot(0, (FIREFOX,))]


def test_packed_or_not_a_film_holds_what_was_added() -> None:
    film = Film()
    film.add(100, (BASH,))
    held = film.held()
    film.add(300, (FIREFOX,))
    film.replace(held, snapshot.encode(held.tail))
    assert film.held().snapshots() == [Snapshot(100, (BASH,)), Snapshot(300, (FIREFOX,))]
    film.forget(film.held())
    assert film.held() == HeldSnapshots((), ())


def test_the_journal_gets_each_snapshot_once() -> None:
    film, other = Film(), Film()
    assert film.unsaved() == ()
    film.add(100, (BASH,))
    (first,) = film.unsaved()
    film.saved(film.held())
    assert film.unsaved() == ()
    film.add(300, (FIREFOX,))
    (second,) = film.unsaved()
    other.extend([first, second])
    assert other.held().snapshots() == film.held().snapshots()
    assert other.unsaved() == ()
    film.unsave()
    (whole,) = film.unsaved()
    assert snapshot.decode(whole) == film.tail


def test_a_piece_goes_to_the_journal_only_where_it_is_not_there_yet() -> None:
    saved, unsaved = Film(), Film()
    for film in (saved, unsaved):
        film.add(100, (BASH,))
    saved.saved(saved.held())
    for film in (saved, unsaved):
        film.replace(film.held(), snapshot.encode(film.tail))
    assert (len(saved.unsaved()), len(unsaved.unsaved())) == (0, 1)


def test_what_a_journal_had_joins_what_came_before_it_was_read() -> None:
    film = Film()
    film.add(500, (BASH,))
    film.extend([snapshot.encode([Snapshot(100, (FIREFOX,))])])
    assert [one.time for one in film.held().snapshots()] == [100, 500]
    assert len(film.unsaved()) == 1
