"""Rates from counters: what happened per second between two readings."""

from collections.abc import Hashable, Mapping
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


def longest_gap(interval: float) -> float:
    """Give the longest time in seconds between two readings that still makes an honest rate."""
    return max(60.0, 12 * interval)


class Rates(Generic[K]):
    """Remembers one reading of a set of counters and gives the rates to the next one.

    A key gives no rate the first time it is seen, when its counter went backwards (a reset or a wrap), and when more
    than `gap` seconds lie between (the machine slept). Keys that are gone are forgotten.
    """

    def __init__(self, gap: float) -> None:
        self._gap = gap
        self._time: float | None = None
        self._counters: Mapping[K, float] = {}

    def __call__(self, now: float, counters: Mapping[K, float]) -> dict[K, float]:
        """Give the rates per second at `now`, in seconds of a clock that never goes back and counts sleep."""
        previous, then = self._counters, self._time
        self._counters, self._time = counters, now
        if then is None or not 0 < now - then <= self._gap:
            return {}
        elapsed = now - then
        return {
            key: (value - previous[key]) / elapsed
            for key, value in counters.items()
            if key in previous and value >= previous[key]
        }
