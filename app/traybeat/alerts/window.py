"""Reductions of a series' last minutes to one value.

A window keeps at most SLOTS points: of several values in one slot it keeps what its function needs of them. Up to
SLOTS seconds at one value a second nothing is lost; in a longer window the oldest edge is accurate to a slot.
"""

import math
import operator
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from itertools import islice

from traybeat.model.alert import Function, Reduction

SLOTS = 300
LEAST_COVERAGE = 0.5


class Window:
    """The last seconds of one series, reduced by one function.

    It speaks only once its points span half of its length: an average over five minutes is not one of two seconds,
    and a trend is not two points. `value` is what it comes to, None before. Times are seconds of a clock that never
    goes back.
    """

    __slots__ = (
        *("_counts", "_merge", "_newest", "_reduce", "_slot", "ahead"),
        *("count", "seconds", "times", "value", "values"),
    )

    def __init__(self, reduction: Reduction) -> None:
        self.seconds = reduction.window_minutes * 60
        self.ahead = reduction.ahead_minutes * 60
        self._slot = self.seconds / SLOTS
        self._merge, self._reduce = _FUNCTIONS[reduction.function]
        self._clear()

    def _clear(self) -> None:
        self.count, self._newest = 0, -1
        self.value: float | None = None
        self.times: deque[float] = deque()
        self.values: deque[float] = deque()
        self._counts: deque[int] = deque()

    def precede(self, points: Iterable[tuple[float, float]]) -> None:
        """Put older values in front of those that the window has: times and values, in order."""
        times, values, counts, newest = self.times, self.values, self._counts, self._newest
        first = times[0] if times else math.inf
        self._clear()
        for time, value in points:
            if time < first:
                self.add(time, value)
        self.times += times
        self.values += values
        self._counts += counts
        self.count += sum(counts)
        if times:
            self._newest = newest
            self._settle(times[-1])

    def add(self, time: float, value: float) -> float | None:
        """Take a value in and give what the window comes to; None while it spans too little."""
        self.count += 1
        slot = math.floor(time / self._slot)
        if slot == self._newest and self.times:
            self.values[-1] = self._merge(self.values[-1], value)
            self._counts[-1] += 1
            if self._merge is _newer:
                self.times[-1] = time
            if self._reduce is _predict and self.value is not None:
                return self.value  # A line through so many points does not turn within a slot, and is dear.
        else:
            self._newest = slot
            self.times.append(time)
            self.values.append(value)
            self._counts.append(1)
        return self._settle(time)

    def _settle(self, time: float) -> float | None:
        self._prune(time - self.seconds)
        covered = time - self.times[0] >= LEAST_COVERAGE * self.seconds
        self.value = self._reduce(self) if covered else None
        return self.value

    def _prune(self, oldest: float) -> None:
        times = self.times
        while times and times[0] <= oldest:
            times.popleft()
            self.values.popleft()
            self.count -= self._counts.popleft()


def _newer(_: float, new: float) -> float:
    return new


def _average(window: Window) -> float:
    return sum(window.values) / window.count


def _span(window: Window) -> float:
    return window.times[-1] - window.times[0]


def _rate(window: Window) -> float:
    """Give a counter's growth per second; after a reset it grew from zero."""
    values = window.values
    grown = sum(
        after - before if after >= before else after
        for before, after in zip(values, islice(values, 1, None), strict=False)
    )
    return grown / _span(window)


def _delta(window: Window) -> float:
    """Give what a gauge changed by over the window. As Prometheus' delta(), n points stand for n intervals."""
    span, points = _span(window), len(window.times)
    stretched = min(window.seconds, span * points / (points - 1))
    return (window.values[-1] - window.values[0]) * stretched / span


def _predict(window: Window) -> float:
    """Give the value `ahead` seconds from now on the line of least squares, as Prometheus' predict_linear()."""
    now, count = window.times[-1], len(window.times)
    ages = [time - now for time in window.times]
    mean_age, mean = sum(ages) / count, sum(window.values) / count
    spread = sum(age * age for age in ages) - count * mean_age * mean_age
    slope: float = (sum(map(operator.mul, ages, window.values)) - count * mean_age * mean) / spread
    return mean + slope * (window.ahead - mean_age)


_FUNCTIONS: Mapping[Function, tuple[Callable[[float, float], float], Callable[[Window], float]]] = {
    "last": (_newer, lambda window: window.values[-1]),
    "avg": (operator.add, _average),
    "min": (min, lambda window: min(window.values)),
    "max": (max, lambda window: max(window.values)),
    "sum": (operator.add, lambda window: sum(window.values)),
    "rate": (_newer, _rate),
    "delta": (_newer, _delta),
    "predict": (_newer, _predict),
}
