"""Thresholds to consider: how often a rule would have fired with others than its own."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from traybeat.alerts.backtest import Firing, run
from traybeat.alerts.condition import FALLING, RISING
from traybeat.alerts.looks import Track, heartbeat, tracks
from traybeat.alerts.past import Past
from traybeat.model.alert import Rule

WEEK_SECONDS = 7 * 86_400.0
LEAST_SECONDS = 6 * 3600.0
"""Less of a past than this says little about a week."""
# How much of the time the value is on the quiet side of the threshold.
QUANTILES = (0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 1.0)
DIGITS = 3


class Suggestion(NamedTuple):
    """A threshold, and how often the rule would have fired with it, in all and a week."""

    threshold: float
    firings: int
    a_week: float


def suggest(rule: Rule, past: Past, start: float, end: float) -> tuple[Suggestion, ...]:
    """Try thresholds of the metric's own distribution, the busiest first; none where there is no order or no past.

    The distance to the clear threshold stays.
    """
    if end <= start:
        return ()
    beats = heartbeat(past, start, end)
    return compare(rule, tracks(rule, past, beats, start, end), beats, start, end)


def compare(
    rule: Rule, followed: Sequence[Track], beats: Sequence[float], start: float, end: float
) -> tuple[Suggestion, ...]:
    """Try other thresholds on tracks that were followed; none where there is no order."""
    if rule.absent or rule.operator not in RISING | FALLING:
        return ()
    values = sorted(look.value for track in followed for look in track.looks if look.value is not None)
    return tuple(_try(rule, threshold, followed, beats, start, end) for threshold in _candidates(rule, values))


def _candidates(rule: Rule, values: Sequence[float]) -> Iterator[float]:
    if not values:
        return
    last = len(values) - 1
    rising = rule.operator in RISING
    places = [round(last * (quantile if rising else 1 - quantile)) for quantile in QUANTILES]
    yield from dict.fromkeys(float(f"{values[place]:.{DIGITS}g}") for place in places)


def _try(
    rule: Rule, threshold: float, followed: Sequence[Track], beats: Sequence[float], start: float, end: float
) -> Suggestion:
    clear = None
    if rule.clear_threshold is not None and rule.threshold is not None:
        clear = threshold - (rule.threshold - rule.clear_threshold)
    tried = replace(rule, threshold=threshold, clear_threshold=clear)
    firings = sum(isinstance(one, Firing) for track in followed for one in run(tried, track, beats, start))
    return Suggestion(threshold, firings, firings * WEEK_SECONDS / (end - start))
