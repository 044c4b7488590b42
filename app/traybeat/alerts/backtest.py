"""Rules tried on the past: when they would have fired, by the very `step` that moves live alerts.

The past knows no failed collections, only times without values. While the agent's own heartbeat went on in such a time,
the series was gone, and its alert would have ended; else nobody looked.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import sub
from typing import NamedTuple

from traybeat.alerts.condition import COMPARISONS
from traybeat.alerts.matcher import fixed, selector
from traybeat.alerts.past import Past, Stretch
from traybeat.alerts.step import end, honest_gap, spent, step, unseen
from traybeat.alerts.window import Window
from traybeat.model.alert import Alert, Labels, Rule

HEARTBEAT = "agent_memory_rss_bytes"
MOST_FIRINGS = 1000

_QUIET = Alert()


class Firing(NamedTuple):
    """One time a rule would have fired. Times are Unix seconds; `resolved_at` is None where it lasted to the end."""

    labels: Labels
    triggered_at: float
    resolved_at: float | None
    value: float | None
    worst: float | None


class Look(NamedTuple):
    """What a rule looks at at one moment: its reduced value, and the longest honest time since the look before."""

    time: float
    value: float | None
    gap: float


class Track(NamedTuple):
    """Everything that a rule looks at in one series."""

    labels: Labels
    looks: Sequence[Look]


@dataclass(frozen=True, slots=True)
class Report:
    """What a back-test found; `seconds` is for how long the rule would have fired in all."""

    start: float
    end: float
    series: int
    firings: tuple[Firing, ...]

    @property
    def seconds(self) -> float:
        """Sum up how long it would have fired."""
        return sum((one.resolved_at or self.end) - one.triggered_at for one in self.firings)


def backtest(rule: Rule, past: Past, start: float, end_: float) -> Report:
    """Try a rule on the past from `start` to `end_`, in Unix seconds."""
    beats = heartbeat(past, start, end_)
    followed = tracks(rule, past, beats, start, end_)
    firings = [one for track in followed for one in run(rule, track, beats, start)]
    firings.sort(key=lambda one: one.triggered_at)
    return Report(start, end_, len(followed), tuple(firings[:MOST_FIRINGS]))


def heartbeat(past: Past, start: float, end_: float) -> Sequence[float]:
    """Give the times at which the agent was alive."""
    return [time for stretch in past(HEARTBEAT, start, end_) for time in stretch.times]


def tracks(rule: Rule, past: Past, beats: Sequence[float], start: float, end_: float) -> tuple[Track, ...]:
    """Give all that a rule looks at, a window's length before `start` included."""
    before = 0.0 if rule.reduce.function == "last" else rule.reduce.window_minutes * 60
    fits = selector(rule.labels)
    found: dict[Labels, list[Stretch]] = {}
    for stretch in past(rule.metric, start - before, end_):
        if fits(stretch.labels):
            found.setdefault(tuple(stretch.labels.items()), []).append(stretch)
    if rule.absent:
        return (_absence(rule, (one for many in found.values() for one in many), beats),)
    return tuple(Track(labels, _looks(rule, many)) for labels, many in found.items())


def run(rule: Rule, track: Track, beats: Sequence[float], start: float) -> Iterator[Firing]:
    """Move one alert through a track; gives its firings from `start` on."""
    alert, firing = None, None
    holds, threshold = COMPARISONS[rule.operator], rule.threshold
    last = None
    for time, value, gap in track.looks:
        if alert is not None and last is not None and time - last > gap:
            alert = _over_gap(alert, last, time, gap, beats)
            if firing is not None and not alert.active:
                yield firing._replace(resolved_at=alert.resolved, worst=alert.worst)
                firing = None
        last = time
        quiet = value is None or threshold is None or not holds(value, threshold)
        if time < start or (alert is None and quiet and not rule.absent):
            continue
        alert = step(rule, alert or _QUIET, value, time, gap)
        if alert.active and firing is None:
            firing = Firing(track.labels, time, None, alert.value_at_trigger, alert.worst)
        elif firing is not None and not alert.active:
            yield firing._replace(resolved_at=time, worst=alert.worst)
            firing = None
        alert = None if spent(rule, alert, time) else alert
    if firing is not None and alert is not None:
        yield firing._replace(worst=alert.worst)


def _over_gap(alert: Alert, last: float, time: float, gap: float, beats: Sequence[float]) -> Alert:
    alive = bisect_right(beats, min(time, last + 2 * gap)) - bisect_left(beats, last)
    if alive > 2:  # noqa: PLR2004 (more than the two ends)
        return end(alert, last + gap)
    return unseen(alert, time, gap)


def _looks(rule: Rule, stretches: Iterable[Stretch]) -> Sequence[Look]:
    window = None if rule.reduce.function == "last" else Window(rule.reduce)
    column = _COLUMNS.get(rule.reduce.function, "averages")
    looks: list[Look] = []
    for stretch in stretches:
        values: Sequence[float] = getattr(stretch, column)
        gaps = honest_gaps(stretch, looks[-1].gap if looks else 0.0)
        if window is None:
            looks += map(Look, stretch.times, values, gaps)
        else:
            looks += [
                Look(time, window.add(time, value), gap)
                for time, value, gap in zip(stretch.times, values, gaps, strict=True)
            ]
    return looks


def honest_gaps(stretch: Stretch, before: float = 0.0) -> Sequence[float]:
    """Give for each point how far the one before may be; what was summed up lies further apart than what was not.

    `before` is the gap of the point before the first.
    """
    usual = {wide: _usual(stretch, wide=wide) for wide in (False, True)}
    own = [usual[count > 1] for count in stretch.counts]
    return [max(pair) for pair in zip([before, *own], own, strict=False)]


def _usual(stretch: Stretch, *, wide: bool) -> float:
    times = [time for time, count in zip(stretch.times, stretch.counts, strict=True) if (count > 1) is wide]
    return honest_gap(median(map(sub, times[1:], times)) if len(times) > 1 else 0.0)


def _absence(rule: Rule, stretches: Iterable[Stretch], beats: Sequence[float]) -> Track:
    """Look at every heartbeat whether it lies in a time without values that is longer than honest."""
    came = sorted(time for stretch in stretches for time in stretch.times)
    gap = honest_gap(median(map(sub, beats[1:], beats)) if len(beats) > 1 else 0.0)
    looks = [Look(beat, None if _missing(came, beat, gap, beats[-1]) else 0.0, gap) for beat in beats]
    return Track(tuple(fixed(rule.labels).items()), looks)


def _missing(came: Sequence[float], beat: float, gap: float, until: float) -> bool:
    position = bisect_right(came, beat)
    if not position:
        return True
    last, following = came[position - 1], came[position] if position < len(came) else until
    return beat > last and following - last > gap


_COLUMNS: Mapping[str, str] = {"min": "minima", "max": "maxima"}


def median(values: Iterable[float]) -> float:
    """Give the middle one; the statistics module would bring fractions and decimals along."""
    ordered = sorted(values)
    return ordered[len(ordered) // 2]
