"""Why nothing was seen for a while: the machine slept or was off, or Traybeat did not run."""

from collections.abc import Iterable, Iterator

from traybeat.api.types.metrics import Reason, Unseen
from traybeat.store.query import Line

SHORTEST_SECONDS = 60.0
LATE_SECONDS = 30.0
"""Traybeat needs some seconds to tell of a sleep, or of its own start."""
MOSTLY = 0.5
"""A sleep explains a gap where it fills this share of it; its ends are known to the width of a point."""


def gaps(beats: Iterable[Line]) -> Iterator[tuple[float, float, float]]:
    """Find where Traybeat's own heartbeat is missing: start, end, and the width of a point there, in seconds."""
    for line in beats:
        for gap in line.gaps:
            start, end = line.times[gap - 1] + line.step, line.times[gap]
            if end - start > SHORTEST_SECONDS:
                yield start, end, line.step


def explained(start: float, end: float, width: float, sleeps: Iterable[Line], starts: Iterable[Line]) -> Unseen:
    """Explain a gap by what Traybeat told at its end: for how long the machine had slept, or had been up at a start."""
    return Unseen(start, end, _reason(start, end, end + width + LATE_SECONDS, sleeps, starts))


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
