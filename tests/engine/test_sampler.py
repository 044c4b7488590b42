import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import TEMPERATURE, FakeClock, FakeCollector, collection
from traybeat.engine.health import Wards
from traybeat.engine.pace import Pace
from traybeat.engine.sampler import MOST_SERIES, Sampler, next_due, vet
from traybeat.model.errors import NoDataError
from traybeat.model.metric import Batch, Collection, Sample
from traybeat.model.settings import Limits
from traybeat.model.stop import Stop


class Bench:
    """A sampler with everything around it."""

    def __init__(self, *results: Collection | Exception, after: Callable[[], None] = lambda: None) -> None:
        self.clock = FakeClock()
        self.batches: list[Batch] = []
        self.wards = Wards()
        self.wards.admit("room", 2.0, self.clock.monotonic())
        self._after = after
        self.sampler = Sampler(FakeCollector(*results), self.clock, self.take, self.wards, Pace(Limits()))

    def take(self, batch: Batch) -> None:
        self.batches.append(batch)
        self._after()

    @property
    def health(self) -> tuple[int, int, str | None]:
        health = self.wards.get("room")
        assert health is not None
        return health.errors, health.failures_in_a_row, health.last_error


def test_a_collection_becomes_a_batch_with_the_wall_clock_of_its_beginning() -> None:
    bench = Bench(collection(("attic", 21.04)))
    bench.sampler.collect()
    (batch,) = bench.batches
    assert (batch.source, batch.time, batch.error) == ("room", 1_700_000_000.0, None)
    assert batch.samples == (Sample(TEMPERATURE, ("attic",), 21.0),)


def test_three_failures_in_a_row_are_unhealthy_and_one_success_heals() -> None:
    bench = Bench(*[OSError(5, "Input/output error")] * 3, collection(("attic", 20)))
    for _ in range(3):
        bench.sampler.collect()
    unwell = bench.health
    assert unwell == (3, 3, "OSError: [Errno 5] Input/output error")
    assert [batch.error is not None for batch in bench.batches] == [True] * 3
    bench.sampler.collect()
    assert bench.health == (3, 0, None)


def test_having_nothing_to_tell_is_not_a_failure() -> None:
    bench = Bench(NoDataError("no battery"))
    health = bench.sampler.collect()
    assert health is not None
    assert health.no_data
    assert bench.health == (0, 0, None)
    assert bench.batches[0].samples == ()
    assert bench.batches[0].error is None


def test_an_error_in_the_collector_itself_is_contained_too() -> None:
    bench = Bench(ZeroDivisionError("division by zero"))
    bench.sampler.collect()
    assert bench.health == (1, 1, "ZeroDivisionError: division by zero")


def test_it_collects_at_once_and_ends_when_told() -> None:
    stop = Stop()
    bench = Bench(collection(("attic", 20)), after=stop.set)
    bench.sampler.run(stop)
    assert len(bench.batches) == 1


class Waits(Stop):
    """Does not wait, but lets the clock go on; ends after so many waits."""

    def __init__(self, clock: FakeClock, most: int) -> None:
        super().__init__()
        self.clock, self.most, self.waits = clock, most, list[float]()

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self.waits.append(timeout)
        self.clock.go(timeout)
        if len(self.waits) == self.most:
            self.set()
        return self.is_set()


def test_the_second_collection_comes_soon_and_the_others_at_the_interval() -> None:
    bench = Bench(collection(("attic", 20)))
    stop = Waits(bench.clock, 4)
    bench.sampler.run(stop)
    assert stop.waits == [1.0, 2.0, 2.0, 2.0]


def test_where_there_is_nothing_it_looks_seldom() -> None:
    bench = Bench(NoDataError("no battery"))
    stop = Waits(bench.clock, 3)
    bench.sampler.run(stop)
    assert stop.waits == [1.0, 300.0, 300.0]


@pytest.mark.parametrize(
    ("due", "now", "expected"),
    [
        (10.0, 10.1, 12.0),
        (10.0, 12.0, 14.0),
        (10.0, 9.0, 10.0),
        (10.0, 10.0 + 8 * 3600 + 0.5, 10.0 + 8 * 3600 + 2.0),
    ],
)
def test_missed_times_are_skipped_and_the_rhythm_is_kept(due: float, now: float, expected: float) -> None:
    assert next_due(due, 2.0, now) == expected


@given(st.floats(0, 1e6), st.floats(0.5, 3600), st.floats(0, 1e7))
def test_the_next_time_is_never_more_than_an_interval_away(due: float, interval: float, later: float) -> None:
    now = due + later
    following = next_due(due, interval, now)
    assert now < following or math.isclose(now, following, rel_tol=1e-9)
    assert following - now <= interval * (1 + 1e-6) + 1e-6


def test_values_that_are_no_numbers_are_dropped_and_counted() -> None:
    given_ = Collection(tuple(Sample(TEMPERATURE, ("attic",), value) for value in (math.nan, math.inf, 1.0)))
    samples, dropped = vet(given_)
    assert [sample.value for sample in samples] == [1.0]
    assert dropped == {"not_finite": 2}


def test_more_series_than_the_cap_are_cut_and_counted() -> None:
    many = Collection(tuple(Sample(TEMPERATURE, (str(n),), 1.0) for n in range(MOST_SERIES + 7)), dropped={"top": 3})
    samples, dropped = vet(many)
    assert len(samples) == MOST_SERIES
    assert dropped == {"series_cap": 7, "top": 3}


def test_drops_add_up_over_collections() -> None:
    bench = Bench(Collection((), dropped={"top": 2}))
    bench.sampler.collect()
    bench.sampler.collect()
    health = bench.wards.get("room")
    assert health is not None
    assert health.dropped == {"top": 4}


def test_a_collector_dismissed_in_between_leaves_no_trace() -> None:
    bench = Bench(OSError("late"))
    bench.wards.dismiss("room")
    assert bench.sampler.collect() is None
    assert bench.wards.all() == ()
