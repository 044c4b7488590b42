import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import batch
from traybeat.alerts.backtest import Firing, backtest
from traybeat.alerts.evaluation import Evaluation
from traybeat.alerts.looks import HEARTBEAT, honest_gaps
from traybeat.alerts.past import Stretch, nothing
from traybeat.alerts.suggestion import suggest
from traybeat.model.alert import Reduction, Rule
from traybeat.model.metric import gauge

BUSY = gauge("system_cpu_busy_ratio", "ratio", "Busy.", "core", precision=1e-4)
HOT = Rule("hot", BUSY.name, threshold=0.9, clear_threshold=0.8, for_duration_minutes=1)
DAY = 86_400.0


def stretch(times: Sequence[float], values: Sequence[float], core: str = "0", count: int = 1) -> Stretch:
    return Stretch({"core": core}, times, values, values, values, [count] * len(times))


def cut(one: Stretch, part: slice) -> Stretch:
    columns = (one.times[part], one.averages[part], one.minima[part], one.maxima[part])
    return Stretch(one.labels, *columns, one.counts[part])


class Archive:
    """A past of some stretches; the heartbeat goes on every five seconds but for some gaps."""

    def __init__(self, *stretches: Stretch, until: float = 3600.0, silent: tuple[float, float] = (0, 0)) -> None:
        self._stretches = stretches
        beats = [n * 5.0 for n in range(int(until / 5)) if not silent[0] <= n * 5.0 < silent[1]]
        self._beats = Stretch({}, beats, beats, beats, beats, [1] * len(beats))

    def __call__(self, metric: str, start: float, end: float) -> Iterator[Stretch]:
        for one in (self._beats,) if metric == HEARTBEAT else self._stretches:
            inside = [n for n, then in enumerate(one.times) if start <= then < end]
            if inside:
                part = slice(inside[0], inside[-1] + 1)
                yield cut(one, part)


def wave(level: Callable[[float], float], seconds: float = 3600, apart: float = 2.0) -> Stretch:
    times = [n * apart for n in range(int(seconds / apart))]
    return stretch(times, [level(then) for then in times])


def hot_between(start: float, end: float, high: float = 0.95) -> Callable[[float], float]:
    return lambda then: high if start <= then < end else 0.2


def test_it_says_when_a_rule_would_have_fired_and_for_how_long() -> None:
    report = backtest(HOT, Archive(wave(hot_between(600, 1200))), 0, 3600)
    assert report.firings == (Firing((("core", "0"),), 660, 1200, 0.95, 0.95),)
    assert (report.seconds, report.series) == (540, 1)


def test_what_is_still_firing_at_the_end_has_not_ended() -> None:
    report = backtest(HOT, Archive(wave(hot_between(3000, 9999))), 0, 3600)
    assert report.firings[0].resolved_at is None
    assert report.seconds == 540


def test_the_worst_value_is_told() -> None:
    report = backtest(HOT, Archive(wave(lambda then: 0.91 + then / 1e5 if 600 <= then < 1200 else 0.2)), 0, 3600)
    assert report.firings[0].worst == pytest.approx(0.91 + 1198 / 1e5)


def test_a_rule_that_never_fires_says_so() -> None:
    assert backtest(HOT, Archive(wave(hot_between(0, 0))), 0, 3600).firings == ()
    assert backtest(HOT, nothing, 0, 3600).series == 0


def test_each_series_is_tried_and_those_that_do_not_match_are_not() -> None:
    one = wave(hot_between(600, 1200))
    archive = Archive(one, one._replace(labels={"core": "1"}), one._replace(labels={"core": "2"}))
    report = backtest(replace(HOT, labels={"core": "~0|1"}), archive, 0, 3600)
    assert [firing.labels for firing in report.firings] == [(("core", "0"),), (("core", "1"),)]


def test_a_series_that_comes_in_parts_is_one() -> None:
    whole = wave(hot_between(600, 1200))
    parts = [cut(whole, slice(start, start + 100)) for start in range(0, 1800, 100)]
    assert backtest(HOT, Archive(*parts), 0, 3600) == backtest(HOT, Archive(whole), 0, 3600)


def test_sleep_is_not_watched() -> None:
    before, after = [n * 2.0 for n in range(15)], [3000 + n * 2.0 for n in range(20)]
    archive = Archive(stretch([*before, *after], [0.95] * 35), silent=(30, 3000))
    assert backtest(HOT, archive, 0, 3600).firings == ()


def test_an_alert_that_fired_before_a_sleep_goes_on_after_it() -> None:
    times = [n * 2.0 for n in range(100)] + [3000 + n * 2.0 for n in range(100)]
    archive = Archive(stretch(times, [0.95] * 150 + [0.1] * 50), silent=(200, 3000))
    (firing,) = backtest(HOT, archive, 0, 3600).firings
    assert (firing.triggered_at, firing.resolved_at) == (60, 3100)


def test_an_alert_whose_series_was_gone_ended_then() -> None:
    times = [n * 2.0 for n in range(100)] + [3000 + n * 2.0 for n in range(10)]
    (firing,) = backtest(HOT, Archive(stretch(times, [0.95] * 110)), 0, 3600).firings
    assert (firing.triggered_at, firing.resolved_at) == (60, 198 + 15)


def test_summaries_lie_further_apart_and_are_no_gaps() -> None:
    old = stretch([n * 60.0 for n in range(30)], [0.95] * 30, count=30)
    new = stretch([1800 + n * 2.0 for n in range(60)], [0.95] * 60)
    (firing,) = backtest(HOT, Archive(old, new), 0, 3600).firings
    assert (firing.triggered_at, firing.resolved_at) == (60, None)
    assert honest_gaps(old) == [240] * 30
    assert honest_gaps(new, before=240) == [240] + [15] * 59


def test_windows_look_back_beyond_the_start() -> None:
    rule = replace(HOT, reduce=Reduction("avg", 10), for_duration_minutes=0)
    report = backtest(rule, Archive(wave(hot_between(0, 9999))), 1800, 3600)
    assert report.firings[0].triggered_at == 1800


def test_extremes_of_summaries_count_for_the_extremes() -> None:
    times = [n * 60.0 for n in range(60)]
    flat = Stretch({}, times, [0.5] * 60, [0.1] * 60, [0.99] * 60, [30] * 60)
    for function, fires in (("max", True), ("avg", False), ("min", False)):
        rule = replace(HOT, reduce=Reduction(function, 10))  # type: ignore[arg-type]
        assert bool(backtest(rule, Archive(flat), 0, 3600).firings) is fires


def test_absence_is_tried_against_the_heartbeat() -> None:
    rule = Rule("gone", BUSY.name, absent=True, for_duration_minutes=5)
    times = [n * 2.0 for n in range(600)] + [2400 + n * 2.0 for n in range(600)]
    (firing,) = backtest(rule, Archive(stretch(times, [0.1] * 1200)), 0, 3600).firings
    assert firing.triggered_at == pytest.approx(1200 + 300, abs=30)
    assert firing.resolved_at == 2400
    asleep = Archive(stretch(times, [0.1] * 1200), silent=(1200, 2400))
    assert backtest(rule, asleep, 0, 3600).firings == ()


ELAPSED = [2.0, 2.0, 2.0, 9.0, 40.0, 5000.0]


@given(
    st.lists(st.tuples(st.sampled_from(ELAPSED), st.sampled_from([0.1, 0.85, 0.95, 0.99])), max_size=150),
    st.sampled_from([0.0, 0.2, 1.0]),
    st.sampled_from([0.0, 1.0]),
    st.sampled_from(["last", "avg"]),
)
def test_it_finds_what_the_live_evaluation_found(
    steps: list[tuple[float, float]], duration: float, cooldown: float, function: str
) -> None:
    """Where nothing was looked at in the gaps, so that no series was missed."""
    rule = replace(
        HOT,
        for_duration_minutes=duration,
        cooldown_minutes=cooldown,
        reduce=Reduction(function, 0.5),  # type: ignore[arg-type]
    )
    evaluation, now, times, live = Evaluation([rule], lambda source: 2.0, 0.0), 0.0, [], []
    for elapsed, value in steps:
        now += elapsed
        times.append(now)
        changes = evaluation.accept(batch("cpu", [BUSY.sample(value, "0")]), now)
        live += [(change.after.active, now) for change in changes]
    values = [value for _, value in steps]
    fine = Stretch({"core": "0"}, times, values, values, values, [1] * len(times))
    report = backtest(rule, lambda metric, start, end: [] if metric == HEARTBEAT else fixed(fine), 0, now + 1)
    tried = sorted(
        [(one.triggered_at, True) for one in report.firings]
        + [(one.resolved_at, False) for one in report.firings if one.resolved_at is not None]
    )
    assert [(then, fires) for fires, then in live] == tried


def fixed(one: Stretch) -> Iterable[Stretch]:
    """Keep the usual distance two seconds, whatever the drawn ones are."""
    ballast = [-2.0 * n - 1e6 for n in range(400, 0, -1)]
    values = [*([0.0] * 400), *one.averages]
    times = [*ballast, *one.times]
    return [Stretch(one.labels, times, values, values, values, [1] * len(times))]


def test_seven_days_take_no_longer_than_someone_waits() -> None:
    """How long exactly is for the benchmark to say; here the machine may be slow and busy."""
    week = [n * 60.0 for n in range(6 * 1440)]
    day = [6 * DAY + n * 2.0 for n in range(43_200)]
    old = stretch(week, [0.3 + 0.6 * (n % 100 > 97) for n in range(len(week))], count=30)
    new = stretch(day, [0.3 + 0.65 * (n % 1000 > 950) for n in range(len(day))])
    archive = {BUSY.name: [old, new], HEARTBEAT: [old, new]}
    for reduction in (Reduction(), Reduction("avg", 5), Reduction("max", 15), Reduction("predict", 1440)):
        started = time.thread_time()
        backtest(replace(HOT, reduce=reduction), lambda metric, start, end: archive[metric], 0, 7 * DAY)
        assert time.thread_time() - started < 3.0


def test_thresholds_are_suggested_by_how_often_they_would_have_fired() -> None:
    def level(then: float) -> float:
        return 0.2 + 0.7 * ((then // 600) % 10) / 9

    rule = replace(HOT, for_duration_minutes=0, clear_threshold=None)
    found = suggest(rule, Archive(wave(level, DAY), until=DAY), 0, DAY)
    assert [one.threshold for one in found] == sorted(one.threshold for one in found)
    assert found[-1].firings == 0
    by_threshold = {one.threshold: one for one in found}
    assert by_threshold[0.822].firings == 14
    assert by_threshold[0.822].a_week == pytest.approx(98)


def test_for_a_rule_that_looks_downwards_thresholds_come_from_below() -> None:
    rule = Rule("low", BUSY.name, operator="<", threshold=0.1, clear_threshold=0.2)
    found = suggest(rule, Archive(wave(lambda then: then / 3600)), 0, 3600)
    assert all(one.threshold <= 0.1 for one in found)
    assert found[-1] == (0.0, 0, 0.0)


def test_nothing_is_suggested_where_there_is_no_order_or_no_past() -> None:
    archive = Archive(wave(hot_between(0, 100)))
    assert suggest(replace(HOT, operator="==", clear_threshold=None), archive, 0, 3600) == ()
    assert suggest(Rule("a", BUSY.name, absent=True), archive, 0, 3600) == ()
    assert suggest(HOT, nothing, 0, 3600) == ()
    assert suggest(HOT, archive, 100, 100) == ()
