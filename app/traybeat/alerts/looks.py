"""What rules look at in the past: values, reduced as the live engine reduces them, and how far apart they may lie."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from operator import sub
from typing import NamedTuple

from traybeat.alerts.matcher import fixed, selector
from traybeat.alerts.past import Past, Stretch
from traybeat.alerts.step import honest_gap
from traybeat.alerts.window import Window
from traybeat.model.alert import Labels, Rule

HEARTBEAT = "agent_memory_rss_bytes"


class Look(NamedTuple):
    """What a rule looks at at one moment: its reduced value, and the longest honest time since the look before."""

    time: float
    value: float | None
    gap: float


class Track(NamedTuple):
    """Everything that a rule looks at in one series."""

    labels: Labels
    looks: Sequence[Look]


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
