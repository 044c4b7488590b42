from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from histories import DAY, HOUR, RATIO, START, Kept
from traybeat.model.settings import History as Options
from traybeat.store.query import MOST_POINTS, Point, WrongRangeError, plan
from traybeat.store.tier import LAST_TICK, MINUTE, RAW, TEN_MINUTES


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    found = Kept(tmp_path / "telemetry.db")
    yield found
    found.close()


@pytest.mark.parametrize(
    ("seconds", "points", "tier", "step"),
    [
        (900, 1000, RAW, 1.0),
        (6 * HOUR, 1000, RAW, 21.7),
        (DAY, 1000, MINUTE, 120),
        (7 * DAY, 1000, TEN_MINUTES, 1200),
        (30 * DAY, 1000, TEN_MINUTES, 3000),
        (30 * DAY, 3, TEN_MINUTES, 30 * DAY),
    ],
)
def test_the_tier_is_the_coarsest_that_is_fine_enough(seconds: int, points: int, tier: object, step: float) -> None:
    found = plan(START, START + seconds, points)
    assert (found.tier, found.step / 10) == (tier, step)


@pytest.mark.parametrize(
    ("start", "end", "points"),
    [(0, 10, 2), (0, 10, MOST_POINTS + 1), (10, 10, 100), (10, 5, 100), (-5, 5, 100), (0, LAST_TICK, 100)],
)
def test_ranges_that_make_no_sense_are_refused(start: float, end: float, points: int) -> None:
    with pytest.raises(WrongRangeError):
        plan(start, end, points)


@settings(deadline=None)
@given(data=st.data())
def test_there_are_never_more_points_than_asked_for(data: st.DataObject, busy: Kept) -> None:
    now = busy.clock.wall()
    start = data.draw(st.floats(START - DAY, now - 1))
    end = data.draw(st.floats(start + 0.1, now + DAY))
    points = data.draw(st.one_of(st.integers(3, 50), st.integers(3, MOST_POINTS)))
    for line in busy.lines(RATIO.name, start, end, points):
        assert 0 < len(line.times) <= points
        assert list(line.times) == sorted(set(line.times))
        width = max(line.step, 600)
        assert start - width < line.times[0]
        assert line.times[-1] < end
        assert all(least <= mean <= most for _, mean, least, most, _ in line.points())


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """A history of three days, raw for an hour and by the minute for a day."""
    found = Kept(tmp_path_factory.mktemp("busy") / "telemetry.db", Options(1, 1, 30))
    found.run((n % 89 / 89 for n in range(3 * 24 * 60)), every=60)
    for _ in range(5):
        found.history.flush()
    yield found
    found.close()


def test_the_same_points_are_given_while_the_range_moves_on(kept: Kept) -> None:
    kept.run(n / 10_000 for n in range(1000))
    one = kept.line(RATIO, START, START + 1800, 100)
    other = kept.line(RATIO, START + 7, START + 1807, 100)
    assert one.step == other.step
    assert list(one.points())[2:90] == list(other.points())[2:90]


def test_few_samples_are_given_as_they_are(kept: Kept) -> None:
    kept.run([0.1, 0.2, 0.3])
    line = kept.line(RATIO, START, START + HOUR, 100)
    assert line.step == 0
    assert list(line.points()) == [Point(START + 2 * n, (n + 1) / 10, (n + 1) / 10, (n + 1) / 10, 1) for n in range(3)]


def test_a_range_ends_before_its_end(kept: Kept) -> None:
    kept.run([0.1, 0.2, 0.3])
    assert list(kept.line(RATIO, START, START + 4, 100).times) == [START, START + 2]
    assert list(kept.line(RATIO, START + 2, START + 4.1, 100).times) == [START + 2, START + 4]


def test_the_first_point_is_whole_and_not_all_before_the_range(kept: Kept) -> None:
    kept.run([0.1] * 3600)
    kept.settle()
    line = kept.line(RATIO, START + 1790, START + 5390, 62)
    assert line.step == 60
    assert (line.times[0], line.counts[0]) == (START + 1740, 30)


def test_a_coarser_part_starts_no_earlier_than_it_must(busy: Kept) -> None:
    (line,) = busy.lines(RATIO.name, START + 31_200, START + 61_435, 59)
    assert line.step == 540
    assert line.times[0] == START + 31_200


def test_a_pause_where_two_tiers_meet_is_a_gap(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "telemetry.db", Options(1, 1, 30))
    kept.run([0.1] * 60, every=60)
    kept.clock.go(5 * HOUR)
    kept.run([0.2] * 50, every=60)
    for _ in range(5):
        kept.history.flush()
    line = kept.line(RATIO, START, kept.clock.wall())
    assert set(line.averages) == {0.1, 0.2}
    assert [line.averages[gap] for gap in line.gaps] == [0.2]
    kept.close()
