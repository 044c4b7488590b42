import math
import threading

import pytest

from traybeat.model.metric import Batch, Metric, Sample, gauge
from traybeat.model.readings.process import Process
from traybeat.store.head import Head
from traybeat.store.series import Catalogue

HOUR = 3600.0
BUSY = gauge("busy", "ratio", "Busy.", precision=1e-4)
READ = gauge("read", "bytes", "Read.", "device", precision=1)
EXPORTED = gauge("node_load1", "", "Load.")
BASH = Process(77, "bash", "anna", 0.0, 4096.0)


def batch(time: float, *samples: tuple[Metric, float, tuple[str, ...]], processes: tuple[Process, ...] = ()) -> Batch:
    return Batch(
        "t", time, tuple(Sample(metric, labels, value) for metric, value, labels in samples), 0.0, None, processes
    )


def head(*, most: int = 100) -> Head:
    return Head(Catalogue(most))


def held(one: Head) -> dict[tuple[str, int], list[float]]:
    return {
        (held.entry.key[0], held.stretch): held.entry.scale.values(held.windows().sums)
        for held in one.held(list(one.catalogue))
    }


def test_what_is_recorded_is_held_by_series_and_hour() -> None:
    one = head()
    one.accept(batch(10.0, (BUSY, 0.5, ()), (READ, 7, ("sda",)), (EXPORTED, 3, ())))
    one.accept(batch(HOUR + 10.0, (BUSY, 0.6, ())))
    assert held(one) == {("busy", 0): [0.5], ("read", 0): [7], ("busy", 1): [0.6]}
    assert one.stretches() == [0, 1]


def test_what_cannot_be_kept_is_counted() -> None:
    one = head(most=1)
    one.accept(batch(10.0, (BUSY, math.nan, ()), (BUSY, 0.5, ()), (READ, 7, ("sda",))))
    for time in (-1.0, math.nan, math.inf, 1e12):
        one.accept(batch(time, (BUSY, 0.5, ())))
    assert one.dropped == {"not_finite": 1, "series_cap": 1, "time": 4}
    assert held(one) == {("busy", 0): [0.5]}


def test_a_second_sample_in_the_tenth_of_a_second_is_not_held() -> None:
    one = head()
    one.accept(batch(10.01, (BUSY, 0.5, ()), (BUSY, 0.7, ())))
    one.accept(batch(10.04, (BUSY, 0.6, ())))
    assert held(one) == {("busy", 0): [0.5]}


def test_each_commit_saves_what_is_new() -> None:
    one = head()
    one.accept(batch(10.0, (BUSY, 0.5, ()), processes=(BASH,)))
    first = one.saving()
    assert list(first.records) == [0]
    assert [list(addition.numbers) for addition in first.records[0].additions] == [[5000]]
    assert len(first.records[0].films) == 1
    one.accept(batch(12.0, (BUSY, 0.6, ())))
    one.saved(first)
    assert [list(addition.numbers) for addition in one.saving().records[0].additions] == [[6000]]
    one.saved(one.saving())
    assert one.saving().records == {}


def test_a_restart_finds_what_was_saved() -> None:
    one, other = head(), head()
    one.accept(batch(10.0, (BUSY, 0.5, ()), (READ, 1e17, ("sda",)), processes=(BASH,)))
    other.attach(list(one.catalogue))
    for stretch, record in one.saving().records.items():
        other.restore(stretch, record)
    assert held(other) == held(one)
    assert other.films(0, 0)[0].snapshots() == one.films(0, 0)[0].snapshots()
    assert other.saving().records == {}


def test_additions_to_series_that_nobody_knows_are_left_out() -> None:
    one, other = head(), head()
    one.accept(batch(10.0, (BUSY, 0.5, ())))
    other.restore(0, one.saving().records[0])
    assert held(other) == {}


def test_the_oldest_hour_that_is_over_closes_first_a_few_series_at_a_time() -> None:
    one = head()
    for hour in (3, 1, 2):
        one.accept(batch(hour * HOUR, (BUSY, 0.5, ()), (READ, 7, ("sda",)), processes=(BASH,)))
    assert one.closing({1, 2, 3}, 9) is None
    closing = one.closing({3}, 1)
    assert closing is not None
    assert (closing.stretch, len(closing.columns), closing.complete) == (1, 1, False)
    one.closed(closing)
    assert ("busy", 1) not in held(one)
    closing = one.closing({3}, 1)
    assert closing is not None
    assert (closing.stretch, closing.complete) == (1, True)
    assert len(closing.film.tail) == 1
    one.closed(closing)
    assert sorted(one.stretches()) == [2, 3]


def test_what_comes_while_an_hour_closes_stays() -> None:
    one = head()
    one.accept(batch(10.0, (BUSY, 0.5, ()), processes=(BASH,)))
    closing = one.closing({1}, 9)
    assert closing is not None
    one.accept(batch(30.0, (BUSY, 0.6, ()), processes=(BASH,)))
    one.closed(closing)
    assert held(one) == {("busy", 0): [0.6]}
    assert [shot.time for shot in one.films(0, 0)[0].snapshots()] == [300]
    assert [list(addition.numbers) for addition in one.saving().records[0].additions] == [[6000]]


def test_packing_changes_nothing_but_the_memory_it_takes() -> None:
    one = head()
    for n in range(1000):
        one.accept(batch(2.0 * n, (BUSY, n % 10 / 10, ()), processes=(BASH,)))
    before, size, films = held(one), one.size(), one.films(0, 0)[0].snapshots()
    one.pack()
    assert held(one) == before
    assert one.films(0, 0)[0].snapshots() == films
    assert one.size() < size / 4


def test_only_long_tails_are_packed_but_for_hours_that_are_over() -> None:
    one = head()
    one.accept(batch(10.0, (BUSY, 0.5, ()), processes=(BASH,)))
    one.accept(batch(HOUR, (BUSY, 0.5, ()), processes=(BASH,)))
    one.pack()
    assert not any(found.pieces for found in one.held(list(one.catalogue)))
    one.pack({1})
    assert [(found.stretch, len(found.pieces)) for found in one.held(list(one.catalogue))] == [(0, 1), (1, 0)]
    assert [len(film.pieces) for film in one.films(0, 1)] == [1, 0]


def test_too_much_in_memory_goes_from_its_old_end_and_is_counted() -> None:
    one = head()
    for hour in range(3):
        for n in range(50):
            one.accept(batch(hour * HOUR + n, (BUSY, n / 100, ())))
    one.trim(10_000)
    assert len(one.stretches()) == 3
    one.trim(int(one.size() * 0.5))
    assert one.stretches() == [2]
    assert one.dropped == {"memory": 100}
    one.trim(0)
    assert one.stretches() == [2], "the hour that runs stays in any case"


def test_series_that_ended_are_forgotten_unless_something_of_them_is_here() -> None:
    one = head()
    one.accept(batch(10.0, (BUSY, 0.5, ()), (READ, 1, ("sda",))))
    one.accept(batch(9 * HOUR, (READ, 1, ("sda",))))
    assert one.expire(1) == []
    closing = one.closing({9}, 9)
    assert closing is not None
    one.closed(closing)
    assert [entry.key[0] for entry in one.expire(1)] == ["busy"]
    assert [entry.key[0] for entry in one.catalogue] == ["read"]
    assert one.expire(0) == []


def test_another_database_gets_everything_anew() -> None:
    one = head()
    one.accept(batch(10.0, (BUSY, 0.5, ()), processes=(BASH,)))
    one.saved(one.saving())
    one.attach([])
    record = one.saving().records[0]
    assert [list(addition.numbers) for addition in record.additions] == [[5000]]
    assert len(record.films) == 1


@pytest.mark.parametrize("method", ["saving", "pack", "size", "stretches", "entries"])
def test_batches_come_in_while_another_thread_is_at_it(method: str) -> None:
    one = head()
    done = threading.Event()

    def feed() -> None:
        for n in range(3000):
            one.accept(batch(n / 5, (BUSY, 0.5, ()), (READ, n, (str(n % 7),)), processes=(BASH,)))
        done.set()

    thread = threading.Thread(target=feed)
    thread.start()
    while not done.is_set():
        getattr(one, method)()
    thread.join()
    assert sum(len(found.windows()) for found in one.held(list(one.catalogue))) == 6000
