"""What a rule looked at, summed up for drawing."""

from array import array
from collections.abc import Sequence
from typing import NamedTuple

from traybeat.alerts.condition import FALLING
from traybeat.alerts.looks import Track
from traybeat.model.alert import Labels, Operator


class Digest(NamedTuple):
    """One series' looks in points of `step` seconds; `gaps` are the positions of the points before which none were."""

    labels: Labels
    step: float
    times: Sequence[float]
    averages: Sequence[float]
    minima: Sequence[float]
    maxima: Sequence[float]
    counts: Sequence[int]
    gaps: tuple[int, ...]


def digest(track: Track, start: float, end: float, points: int) -> Digest:
    """Sum up a track from `start` to `end` into at most so many points."""
    step = (end - start) / points
    times, sums, minima, maxima = (array("d") for _ in range(4))
    counts, gaps = array("L"), []
    last: float | None = None
    for time, value, gap in track.looks:
        if value is None or not start <= time < end:
            continue
        begin = start + (time - start) // step * step
        if times and times[-1] == begin:
            sums[-1] += value
            minima[-1], maxima[-1] = min(minima[-1], value), max(maxima[-1], value)
            counts[-1] += 1
        else:
            if last is not None and time - last > max(gap, step):
                gaps.append(len(times))
            for column, number in ((times, begin), (sums, value), (minima, value), (maxima, value)):
                column.append(number)
            counts.append(1)
        last = time
    averages = [total / count for total, count in zip(sums, counts, strict=True)]
    columns = (times.tolist(), averages, minima.tolist(), maxima.tolist(), counts.tolist())
    return Digest(track.labels, step, *columns, tuple(gaps))


def foremost(tracks: Sequence[Track], operator: Operator, most: int) -> tuple[Track, ...]:
    """Give at most so many tracks, those that came furthest towards where a rule fires, in their own order."""

    def reach(track: Track) -> float:
        values = [look.value for look in track.looks if look.value is not None]
        if not values:
            return float("-inf")
        return -min(values) if operator in FALLING else max(values)

    if len(tracks) <= most:
        return tuple(tracks)
    kept = sorted(tracks, key=reach, reverse=True)[:most]
    return tuple(track for track in tracks if track in kept)
