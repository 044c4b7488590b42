"""Queries: what series did over a range of time, in at most so many points."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from operator import sub, truediv
from typing import NamedTuple

from traybeat.model.errors import TraybeatError
from traybeat.store.series import Entry, Series
from traybeat.store.tier import LAST_TICK, RAW, TICKS, TIERS, Tier, seconds, ticks
from traybeat.store.view import View
from traybeat.store.windows import Windows, chain, loosen, merge, sum_up

FEWEST_POINTS, MOST_POINTS = 3, 11_000
_SHORTEST_GAP = 30 * TICKS
"""A pause shorter than this, in ticks, is not worth breaking a line for."""


_ANY_NUMBER = 1 << 62


class WrongRangeError(TraybeatError):
    """A range or a number of points that can't be asked for."""


class Point(NamedTuple):
    """What a series did from `time` on, for as long as its line's step or the tier's window says; Unix seconds."""

    time: float
    average: float
    minimum: float
    maximum: float
    samples: int


@dataclass(frozen=True, slots=True)
class Line:
    """One series over a range: columns of equal length, in order of time.

    `step` is the width of a point in seconds, 0 where points are samples as they were collected; where these are gone
    already, the older points are wider. Where nothing was recorded there is no point; `gaps` are the positions of the
    points that come after a time in which there should have been more.
    """

    series: Series
    step: float
    times: Sequence[float]
    averages: Sequence[float]
    minima: Sequence[float]
    maxima: Sequence[float]
    counts: Sequence[int]
    gaps: tuple[int, ...]

    def points(self) -> Iterator[Point]:
        """Give the points one by one."""
        columns = zip(self.times, self.averages, self.minima, self.maxima, self.counts, strict=True)
        return (Point(*row) for row in columns)


@dataclass(frozen=True, slots=True)
class Plan:
    """How a range is read: the finest tier wanted, and the ticks that a point is wide; `start` and `end` are ticks."""

    start: int
    end: int
    step: int
    points: int
    tier: Tier

    def parts(self, view: View) -> list[tuple[Tier, int, int]]:
        """Give the tiers to read, each with its part of the range: the oldest part and coarsest tier first."""
        parts, end = [], self.end
        for tier in TIERS[TIERS.index(self.tier) :]:
            since = view.since(tier)
            reach = max(self.start, since)
            if reach < end:
                width = self.step if tier is self.tier and tier is not RAW else tier.window
                parts.append((tier, max(self.start // width * width, since), end))
            end = min(end, reach)
        return parts[::-1]


def plan(start: float, end: float, points: int) -> Plan:
    """Choose how to read from `start` to before `end`, in Unix seconds; raises WrongRangeError."""
    if not FEWEST_POINTS <= points <= MOST_POINTS:
        raise WrongRangeError(f"{points} points; from {FEWEST_POINTS} to {MOST_POINTS} may be asked for")
    if not 0 <= start < end <= LAST_TICK / TICKS:
        raise WrongRangeError(f"a range from {start} to {end}; it must begin before it ends, in Unix seconds")
    first, last = ticks(start), max(ticks(end), ticks(start) + 1)
    # Both ends of the range may cut through a point.
    step = -((first - last) // (points - 2))
    tier = max((one for one in TIERS if one.window <= step), key=lambda one: one.window)
    step = -(-step // tier.window) * tier.window
    return Plan(first, last, step, points, tier)


def finest(start: float, end: float) -> Plan:
    """Plan to read a range as finely as it is kept."""
    return Plan(ticks(start), ticks(end), RAW.window, _ANY_NUMBER, RAW)


def line(view: View, entries: Sequence[Entry], wanted: Plan) -> Line:
    """Read one series; it has more than one entry where its precision has changed."""
    parts = [(tier, _read(view, entries, tier, start, end)) for tier, start, end in wanted.parts(view)]
    total, step = sum(len(part) for _, part in parts), wanted.step
    if parts and parts[-1][0] is wanted.tier:
        if wanted.tier is RAW and total <= wanted.points:
            step = 0
        else:
            parts[-1] = (wanted.tier, sum_up(parts[-1][1], step, step // wanted.tier.window))
    limits = [_limit(max(tier.window, step), part) for tier, part in parts]
    gaps = _gaps([part for _, part in parts], limits)
    return _line(entries, chain((part for _, part in parts), entries[0].scale), step, gaps)


def _read(view: View, entries: Sequence[Entry], tier: Tier, start: int, end: int) -> Windows:
    first, *others = entries
    found = view.windows(first, tier, start, end)
    for entry in others:
        found = merge(
            loosen(found, first.scale), loosen(view.windows(entry, tier, start, end), entry.scale), first.scale
        )
    return found


def _limit(width: int, part: Windows) -> float:
    """Give the longest way from one point to the next, in ticks, in which nothing is missing."""
    ways = sorted(map(sub, part.starts[1:], part.starts))
    usual = ways[len(ways) // 2] if ways else 0
    if width <= RAW.window:
        return max(2.5 * usual, _SHORTEST_GAP)
    return 1.5 * max(width, usual)


def _gaps(parts: Sequence[Windows], limits: Sequence[float]) -> tuple[int, ...]:
    gaps: list[int] = []
    position, before, limit_before = 0, 0, 0.0
    for part, limit in zip(parts, limits, strict=True):
        if not part.starts:
            continue
        if position and part.starts[0] - before > max(limit, limit_before):
            gaps.append(position)
        ways = map(sub, part.starts[1:], part.starts)
        gaps += [position + index for index, way in enumerate(ways, 1) if way > limit]
        position, before, limit_before = position + len(part), part.starts[-1], limit
    return tuple(gaps)


def _line(entries: Sequence[Entry], found: Windows, step: int, gaps: tuple[int, ...]) -> Line:
    scale = entries[0].scale
    if found.raw:
        averages = minima = maxima = array("d", scale.values(found.sums) if found.whole else found.sums)
    elif found.whole:
        averages = array("d", scale.means(found.sums, found.counts))
        minima, maxima = array("d", scale.values(found.minima)), array("d", scale.values(found.maxima))
    else:
        averages = array("d", map(truediv, found.sums, found.counts))
        minima, maxima = array("d", found.minima), array("d", found.maxima)
    times = array("d", map(truediv, found.starts, repeat(TICKS)))
    counts = array("I", found.counts)
    return Line(entries[0].told(entries[1:]), seconds(step), times, averages, minima, maxima, counts, gaps)
