"""What is read is what was written, whatever happened in between."""

import math
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from histories import BYTES, DAY, EXPORTED, HERTZ, HOUR, RATIO, START, Kept, read, summed
from traybeat.model.metric import Metric
from traybeat.model.readings.process import Process
from traybeat.model.selector import Compare, Matcher, Selector
from traybeat.model.settings import History as Options
from traybeat.model.settings import Settings
from traybeat.store.history import History, faults
from traybeat.store.tier import MINUTE, TEN_MINUTES

SERIES: tuple[tuple[Metric, tuple[str, ...]], ...] = ((RATIO, ()), (BYTES, ("sda",)), (BYTES, ("sdb",)), (HERTZ, ()))
VALUES = st.one_of(st.integers(0, 10_000).map(lambda n: n / 10_000), st.integers(0, 10**9).map(float))
BASH = Process(77, "bash", "anna", 0.0, 4096.0)
LONG = Options(raw_hours=168, minute_days=90, ten_minute_days=400)


class Interleaving(RuleBasedStateMachine):
    """Any order of samples, pauses, clocks that jump, commits and crashes."""

    def __init__(self) -> None:
        super().__init__()
        self.directory = TemporaryDirectory()
        self.kept = Kept(Path(self.directory.name) / "telemetry.db", LONG)
        self.model: dict[tuple[str, tuple[str, ...]], dict[float, float]] = {}
        self.latest = 0.0

    def teardown(self) -> None:
        self.kept.close()
        self.directory.cleanup()

    @rule(
        series=st.sampled_from(SERIES),
        values=st.lists(VALUES, min_size=1, max_size=40),
        every=st.sampled_from([0.0, 0.5, 2.0, 10.0, 61.0]),
        off=st.sampled_from([0.0, 0.0, -7.0, -2.0 * HOUR, -6.0 * HOUR, 1.0 * DAY]),
    )
    def collect(self, series: tuple[Metric, tuple[str, ...]], values: list[float], every: float, off: float) -> None:
        metric, labels = series
        for value in values:
            sample = metric.sample(value, *labels)
            at = self.kept.clock.wall() + off
            self.kept.give(metric, sample.value, *labels, at=at)
            self.model.setdefault((metric.name, labels), {}).setdefault(round(at, 1), sample.value)
            self.kept.clock.go(every)

    @rule(seconds=st.sampled_from([3.0, 200.0, 1500.0, 4000.0, 30_000.0]))
    def pause(self, seconds: float) -> None:
        self.kept.clock.go(seconds)

    @rule()
    def commit(self) -> None:
        self.kept.history.flush()

    @rule()
    def crash(self) -> None:
        self.kept.history.flush()
        self.kept.again()

    @rule()
    def end(self) -> None:
        self.kept.close()

    @invariant()
    def all_is_there(self) -> None:
        end = self.kept.clock.wall() + 2 * DAY
        for metric, labels in SERIES:
            model = self.model.get((metric.name, labels), {})
            matchers = tuple(Matcher(*pair) for pair in zip(metric.labels, [Compare.EQUAL] * 9, labels, strict=False))
            selector = Selector(metric.name, matchers)
            found = [
                pair for line in self.kept.history.reader.finest(selector, START - DAY, end) for pair in read(line)
            ]
            assert found == sorted(model.items())
            self.check_summary(selector, model, end)

    def check_summary(self, selector: Selector, model: dict[float, float], end: float) -> None:
        for tier in (MINUTE, TEN_MINUTES):
            points = min(int((end - START + DAY) * 10 / tier.window), 11_000)
            lines = self.kept.history.reader.query(selector, START - DAY, end, points)
            assert len(lines) == bool(model)
            for line in lines:
                assert line.step >= tier.window / 10
                expected = summed(sorted(model.items()), line.step)
                assert [point.time for point in line.points()] == [row[0] for row in expected]
                for point, (_, average, least, most, count) in zip(line.points(), expected, strict=True):
                    assert (point.minimum, point.maximum, point.samples) == (least, most, count)
                    assert math.isclose(point.average, average, rel_tol=1e-12)


TestInterleaving = Interleaving.TestCase
TestInterleaving.settings = settings(max_examples=60, stateful_step_count=12, deadline=None)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    found = Kept(tmp_path / "telemetry.db")
    yield found
    found.close()


def test_a_sample_is_seen_at_once_before_there_is_a_file(kept: Kept) -> None:
    kept.give(RATIO, 0.5)
    assert not kept.path.exists()
    assert read(kept.line(RATIO, START - 1, START + 1)) == [(START, 0.5)]


def test_a_metric_without_a_precision_is_not_kept(kept: Kept) -> None:
    kept.give(EXPORTED, 0.5)
    assert kept.history.reader.catalogue() == ()


def test_an_hour_that_is_over_goes_to_the_tables_and_is_read_from_there(kept: Kept) -> None:
    values = [n / 10_000 for n in range(1800)]
    kept.run(values)
    kept.settle()
    assert kept.history.state().bytes_in_memory == 0
    assert read(kept.line(RATIO, START, START + HOUR)) == [(START + 2 * n, n / 10_000) for n in range(1800)]


def test_pauses_are_gaps_and_zeros_are_not(kept: Kept) -> None:
    kept.run([0.0] * 100)
    kept.clock.go(600)
    kept.run([0.0] * 100)
    line = kept.line(RATIO, START, START + HOUR)
    assert line.gaps == (100,)
    assert set(line.averages) == {0.0}
    summary = kept.line(RATIO, START, START + HOUR, points=62)
    assert summary.step == 60
    assert [summary.times[gap] - summary.times[gap - 1] for gap in summary.gaps] == [600]
    assert 0 < len(summary.times) < 20


def test_one_late_sample_makes_no_gap(kept: Kept) -> None:
    kept.run([0.1] * 20)
    kept.clock.go(20)
    kept.run([0.1] * 20)
    assert kept.line(RATIO, START, START + HOUR).gaps == ()


def test_a_slow_rhythm_makes_no_gaps_in_any_tier(kept: Kept) -> None:
    kept.run([0.1] * 100, every=300)
    kept.settle()
    for points in (11_000, 600):
        assert kept.line(RATIO, START, START + 9 * HOUR, points).gaps == ()


def test_older_parts_of_a_range_come_from_coarser_tiers_without_a_seam(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "telemetry.db", Options(raw_hours=2, minute_days=1, ten_minute_days=3))
    pairs = []
    for n in range(int(3.5 * DAY / 60)):
        value = RATIO.sample(n % 97 / 97).value
        pairs.append((kept.clock.wall(), value))
        kept.give(RATIO, value)
        kept.clock.go(60)
        if n % 10 == 0:
            kept.history.flush()
    now = kept.clock.wall()
    for _ in range(5):
        kept.history.flush()
    line = kept.line(RATIO, START, now)
    steps = [after - before for before, after in zip(line.times, line.times[1:], strict=False)]
    assert line.gaps == ()
    assert set(steps) == {600.0, 60.0}
    assert steps == sorted(steps, reverse=True)
    assert sum(line.counts) == sum(time >= line.times[0] for time, _ in pairs)
    assert now - 3 * DAY - DAY < line.times[0] <= now - 3 * DAY
    coarse = kept.line(RATIO, START, now, points=50)
    expected = [row for row in summed(pairs, coarse.step) if row[0] + coarse.step > line.times[0]]
    assert [point.samples for point in coarse.points()][1:] == [row[4] for row in expected][1:]
    assert [point.maximum for point in coarse.points()][1:] == [row[3] for row in expected][1:]
    kept.close()


def test_what_is_older_than_wanted_goes_and_the_series_with_it(kept: Kept) -> None:
    kept.give(BYTES, 7, "usb")
    kept.settle()
    assert [one.labels for one in kept.history.reader.catalogue()] == [{"device": "usb"}]
    for _ in range(33 * 24):
        kept.clock.go(HOUR)
        kept.give(RATIO, 0.5)
        kept.history.flush()
        kept.history.flush()
    assert [one.name for one in kept.history.reader.catalogue()] == [RATIO.name]
    assert kept.lines(BYTES.name, START, kept.clock.wall()) == ()
    kept.again()
    assert [one.name for one in kept.history.reader.catalogue()] == [RATIO.name]


def test_a_series_that_stopped_is_found_in_the_past(kept: Kept) -> None:
    kept.give(BYTES, 7, "usb")
    kept.clock.go(3 * DAY)
    kept.run([0.5] * 10)
    kept.settle()
    (usb,) = kept.history.reader.catalogue(Selector(BYTES.name))
    assert (usb.first, usb.last) == (START, START + HOUR)
    (line,) = kept.lines(BYTES.name, START, kept.clock.wall())
    assert list(line.maxima) == [7]
    assert kept.lines(BYTES.name, START + DAY, kept.clock.wall()) == ()


def test_less_time_to_keep_takes_effect_without_a_restart(kept: Kept) -> None:
    kept.run([0.5] * 4000, every=10)
    kept.settle()
    before = kept.line(RATIO, START, START + 10 * HOUR)
    kept.history.apply(Settings(), Settings(history=Options(raw_hours=1, minute_days=1, ten_minute_days=1)))
    kept.history.flush()
    after = kept.line(RATIO, START, START + 10 * HOUR)
    assert (set(before.counts), set(after.counts)) == ({1}, {6})


def test_a_jump_ahead_of_a_day_prunes_nothing(kept: Kept) -> None:
    kept.run([0.5] * 100)
    kept.settle()
    kept.clock.now_wall += DAY + 5 * HOUR
    for _ in range(100):
        kept.give(RATIO, 0.9)
        kept.clock.go(9)
        kept.history.flush()
    assert len(kept.line(RATIO, START, START + HOUR).times) == 100
    assert kept.line(RATIO, START, START + HOUR).step == 0


def test_a_day_asleep_ages_what_was_before(kept: Kept) -> None:
    kept.run([0.5] * 100)
    kept.settle()
    kept.clock.go(2 * DAY)
    for _ in range(500):
        kept.give(RATIO, 0.9)
        kept.clock.go(9)
        kept.history.flush()
    (first, *_), *_ = [kept.line(RATIO, START, START + HOUR).counts]
    assert first == 30, "what was every two seconds is there by the minute"


def test_samples_older_than_all_history_are_counted(kept: Kept) -> None:
    kept.run([0.5] * 10)
    kept.give(RATIO, 0.5, at=START - 60 * DAY)
    kept.settle()
    assert dict(kept.history.state().dropped) == {"expired": 1}


def test_two_samples_at_a_time_are_counted_when_they_differ(kept: Kept) -> None:
    kept.give(RATIO, 0.5)
    kept.settle()
    kept.give(RATIO, 0.6, at=START)
    kept.settle()
    assert dict(kept.history.state().dropped) == {"duplicate": 1}
    assert read(kept.line(RATIO, START, START + 1)) == [(START, 0.5)]


def test_a_crash_while_an_hour_is_sealed_counts_nothing_twice(kept: Kept) -> None:
    for n in range(60):
        kept.give(BYTES, n, f"disk-{n}")
    kept.clock.go(2 * HOUR)
    kept.history.flush()
    assert 0 < kept.history.state().bytes_in_memory < 60 * 6
    kept.again()
    for _ in range(3):
        kept.history.flush()
    assert kept.history.state().dropped == ()
    for points in (11_000, 300, 10):
        lines = kept.lines(BYTES.name, START - HOUR, START + 4 * HOUR, points)
        assert [sum(line.counts) for line in lines] == [1] * 60


def test_a_precision_that_changes_makes_no_second_series(kept: Kept) -> None:
    finer = replace(RATIO, precision=1e-5)
    kept.run([0.1234] * 50)
    kept.run([0.12345] * 50, 2.0, finer)
    kept.settle()
    (line,) = kept.lines(RATIO.name, START, START + HOUR)
    assert list(line.averages) == [0.1234] * 50 + [0.12345] * 50
    (told,) = kept.history.reader.catalogue()
    assert told.unit == "ratio"
    (summary,) = kept.lines(RATIO.name, START, START + HOUR, 20)
    assert sum(summary.counts) == 100


def test_values_beyond_whole_numbers_are_kept_exactly(kept: Kept) -> None:
    values = [5.0, 2.0**60, -(2.0**70), 7.0]
    kept.run(values, 2.0, BYTES, "sda")
    kept.settle()
    (line,) = kept.lines(BYTES.name, START, START + HOUR)
    assert list(line.averages) == values


def test_a_damaged_row_costs_that_row_only_and_is_counted(kept: Kept) -> None:
    kept.run([0.5] * 60, every=60)
    kept.run([0.6] * 60, every=60)
    kept.settle()
    harm(kept, "UPDATE raw SET data = x'0102' WHERE id = (SELECT min(id) FROM raw)")
    assert set(kept.line(RATIO, START, START + 2 * HOUR).averages) == {0.6}
    assert kept.history.state().damaged == 1


def test_tiers_must_not_end_before_finer_ones() -> None:
    assert faults(Options()) == []
    wrong = faults(Options(raw_hours=100, minute_days=2, ten_minute_days=1))
    assert [str(fault) for fault in wrong] == [
        "history.minute_days: found 2, expected at least raw_hours, which is 4.16667 days",
        "history.ten_minute_days: found 1, expected at least minute_days, which is 2",
    ]
    history = History(Path("nowhere"), Kept(Path("nowhere")).clock, Options())
    assert [fault.path for fault in history.check(Settings(history=Options(minute_days=40)))] == [
        "history.ten_minute_days"
    ]


def test_a_history_says_how_it_is(kept: Kept) -> None:
    assert kept.history.state().on_disk is False
    kept.run([0.5] * 10)
    state = kept.history.state()
    assert (state.on_disk, state.trouble, state.series, state.failures) == (True, None, 1, 0)
    assert state.committed == START + 20
    assert state.bytes_on_disk > 4096
    assert 0 < state.bytes_in_memory < 200
    names = [sample.metric.name for sample in state.samples()]
    assert "agent_history_on_disk" in names
    assert len(names) == 7


def harm(kept: Kept, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(kept.path, isolation_level=None)) as connection:
        connection.execute(statement, values)


@pytest.mark.parametrize(
    "statement", ["UPDATE raw SET data = ?", "UPDATE minute SET data = ?", "UPDATE processes SET data = ?"]
)
def test_a_damaged_row_is_replaced_by_what_comes_for_it(kept: Kept, statement: str) -> None:
    kept.give(RATIO, 0.5)
    kept.show(BASH)
    kept.settle()
    harm(kept, statement, b"\1\2")
    kept.clock.now_wall = START + 600
    kept.give(RATIO, 0.7)
    kept.show(BASH)
    kept.clock.now_wall = START + 5 * HOUR
    for _ in range(3):
        kept.history.flush()
    assert kept.history.state().damaged == 1
    assert kept.line(RATIO, START, START + HOUR).averages[-1] == 0.7
    assert kept.line(RATIO, START, START + HOUR, 62).averages[-1] == 0.7
    assert kept.history.reader.snapshots(START, START + HOUR)[-1].time == (START + 600) * 10


def test_damaged_snapshots_are_left_out_and_counted(kept: Kept) -> None:
    kept.show(BASH)
    kept.settle()
    harm(kept, "UPDATE processes SET data = x'0102'")
    assert kept.history.reader.snapshots(START, START + HOUR) == ()
    assert kept.history.state().damaged == 1


@pytest.mark.parametrize("damage", [b"\1\2", bytes.fromhex("789c030000000001")])
def test_a_damaged_row_of_the_journal_costs_its_seconds_only(kept: Kept, damage: bytes) -> None:
    kept.run([0.1] * 50)
    harm(kept, "UPDATE journal SET data = ? WHERE id = 3", damage)
    kept.again()
    assert kept.history.state().damaged == 1
    assert 40 <= len(kept.line(RATIO, START, START + HOUR).times) <= 46


@pytest.mark.parametrize("labels", ["no JSON", "[1]", "{"])
def test_a_series_whose_labels_make_no_sense_is_left_out(kept: Kept, labels: str) -> None:
    kept.run([0.1] * 50)
    kept.run([0.1] * 50, 2.0, BYTES, "sda")
    harm(kept, "UPDATE series SET labels = ? WHERE name = ?", labels, BYTES.name)
    kept.again()
    assert [one.name for one in kept.history.reader.catalogue()] == [RATIO.name]


def test_a_second_sample_at_a_time_that_is_in_the_tables_is_not_told_before_it_is_dropped(kept: Kept) -> None:
    kept.give(RATIO, 0.5)
    kept.settle()
    kept.give(RATIO, 0.6, at=START)
    for points in (11_000, 62, 10):
        assert next(kept.line(RATIO, START, START + HOUR, points).points())[1:] == (0.5, 0.5, 0.5, 1)


def test_an_hour_stays_open_for_a_minute_for_batches_on_their_way(kept: Kept) -> None:
    kept.give(RATIO, 0.5)
    kept.clock.go(HOUR + 50)
    kept.history.flush()
    assert kept.history.state().bytes_in_memory > 0
    kept.clock.go(20)
    kept.history.flush()
    assert kept.history.state().bytes_in_memory == 0
