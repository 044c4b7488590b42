"""Rules tried on the past: when they would have fired, by the very `step` that moves live alerts.

The past knows no failed collections, only times without values. While the agent's own heartbeat went on in such a time,
the series was gone, and its alert would have ended; else nobody looked.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from traybeat.alerts.condition import COMPARISONS
from traybeat.alerts.looks import Track, heartbeat, tracks
from traybeat.alerts.miss import Miss, Misses
from traybeat.alerts.past import Past
from traybeat.alerts.step import end, spent, step, unseen
from traybeat.model.alert import Alert, Labels, Rule

MOST_FIRINGS = 1000
MOST_MISSES = 100

_QUIET = Alert()


class Firing(NamedTuple):
    """One time a rule would have fired. Times are Unix seconds; `resolved_at` is None where it lasted to the end."""

    labels: Labels
    triggered_at: float
    resolved_at: float | None
    value: float | None
    worst: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """What a back-test found; `seconds` is for how long the rule would have fired in all."""

    start: float
    end: float
    series: int
    firings: tuple[Firing, ...]
    misses: tuple[Miss, ...] = ()

    @property
    def seconds(self) -> float:
        """Sum up how long it would have fired."""
        return sum((one.resolved_at or self.end) - one.triggered_at for one in self.firings)


def backtest(rule: Rule, past: Past, start: float, end_: float) -> Report:
    """Try a rule on the past from `start` to `end_`, in Unix seconds."""
    beats = heartbeat(past, start, end_)
    return judge(rule, tracks(rule, past, beats, start, end_), beats, start, end_)


def judge(rule: Rule, followed: Sequence[Track], beats: Sequence[float], start: float, end_: float) -> Report:
    """Try a rule on tracks that were followed; the nearest misses are kept, should there be too many."""
    found = [one for track in followed for one in run(rule, track, beats, start)]
    firings = sorted((one for one in found if isinstance(one, Firing)), key=lambda one: one.triggered_at)
    near = sorted((one for one in found if isinstance(one, Miss)), key=lambda one: one.observed)[-MOST_MISSES:]
    misses = sorted(near, key=lambda one: one.began_at)
    return Report(start, end_, len(followed), tuple(firings[:MOST_FIRINGS]), tuple(misses))


def run(rule: Rule, track: Track, beats: Sequence[float], start: float) -> Iterator[Firing | Miss]:
    """Move one alert through a track; gives its firings and its near misses from `start` on."""
    alert, firing, misses = None, None, Misses(rule, track.labels)
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
        if (miss := misses.look(alert, value, time)) is not None:
            yield miss
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
