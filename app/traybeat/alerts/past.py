"""What alerts ask of history."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple


class Stretch(NamedTuple):
    """Some of one series' past, in order of time; a series may come in several stretches.

    Columns of equal length: times in Unix seconds, and the average, minimum and maximum of as many samples as `counts`
    says.
    """

    labels: Mapping[str, str]
    times: Sequence[float]
    averages: Sequence[float]
    minima: Sequence[float]
    maxima: Sequence[float]
    counts: Sequence[int]


Past = Callable[[str, float, float], Iterable[Stretch]]
"""Gives all series of a metric from a time to before another, in Unix seconds, as finely as they are kept."""


def nothing(metric: str, start: float, end: float) -> Iterable[Stretch]:  # noqa: ARG001 (whatever is asked)
    """Know nothing of the past."""
    return ()
