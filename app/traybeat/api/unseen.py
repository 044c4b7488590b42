"""Why nothing was seen for a while: the machine slept or was off, or Traybeat did not run."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from traybeat.api.types.metrics import Reason, Unseen
from traybeat.store.query import Line

SHORTEST_SECONDS = 60.0
LATE_SECONDS = 30.0
"""Traybeat needs some seconds to tell of a sleep, or of its own start."""
MOSTLY = 0.5
"""A sleep explains a gap where it fills this share of it; its ends are known to the width of a point."""


class Gap(NamedTuple):
    """Where Traybeat's own heartbeat is missing; `width` is that of a point there, all in seconds."""

    start: float
    end: float
    width: float

    @property
    def told(self) -> float:
        """By when Traybeat has told why."""
        return self.end + self.width + LATE_SECONDS


def gaps(beats: Iterable[Line]) -> Iterator[Gap]:
    """Find the gaps between heartbeats."""
    for line in beats:
        for gap in line.gaps:
            start, end = line.times[gap - 1] + line.step, line.times[gap]
            if end - start > SHORTEST_SECONDS:
                yield Gap(start, end, line.step)


def edges(
    before: Sequence[Line], beats: Sequence[Line], after: Sequence[Line], start: float, end: float
) -> Iterator[Gap]:
    """Find the gaps that reach over an end of the range, by the heartbeats before and after it; whole, not cut off."""
    last, first = _last(before), _first(beats)
    following = _first(after)
    until = following if first is None else first
    if last is not None and until is not None and until - max(last, start) > SHORTEST_SECONDS:
        yield Gap(last, until, _width(beats or after))
    newest = _last(beats)
    if newest is not None and following is not None and min(following, end) - newest > SHORTEST_SECONDS:
        yield Gap(newest, following, _width(after))


def explained(gap: Gap, sleeps: Iterable[Line], starts: Iterable[Line]) -> Unseen:
    """Explain a gap by what Traybeat told at its end: for how long the machine had slept, or had been up at a start."""
    return Unseen(gap.start, gap.end, _reason(gap.start, gap.end, gap.told, sleeps, starts))


def _first(lines: Sequence[Line]) -> float | None:
    return min((line.times[0] for line in lines if len(line.times)), default=None)


def _last(lines: Sequence[Line]) -> float | None:
    return max((line.times[-1] + line.step for line in lines if len(line.times)), default=None)


def _width(lines: Sequence[Line]) -> float:
    return max((line.step for line in lines), default=0.0)


def _reason(start: float, end: float, told: float, sleeps: Iterable[Line], starts: Iterable[Line]) -> Reason:
    for line in starts:
        for time, up in zip(line.times, line.minima, strict=True):
            if end - line.step <= time <= told:
                return "off" if time - up > start else "stopped"
    asleep = sum(
        average * count
        for line in sleeps
        for time, average, count in zip(line.times, line.averages, line.counts, strict=True)
        if start < time <= told
    )
    return "asleep" if asleep >= MOSTLY * (end - start) else "unknown"
