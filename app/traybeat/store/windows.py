"""Windows: what a series did in each short span of time, and how spans are put together."""

import math
import sys
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from traybeat.store.scale import Scale

Column = Sequence[float]


@dataclass(frozen=True, slots=True)
class Windows:
    """Columns of equal length: when each window starts (in ticks, ascending), and the samples in it, summed up.

    Numbers are whole steps of the series' scale where `whole` is set, so that sums are exact; else they are the
    values themselves. Samples as they were collected are windows of one tick whose three columns are one.
    """

    starts: Sequence[int]
    counts: Sequence[int]
    minima: Column
    maxima: Column
    sums: Column
    whole: bool = True

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def raw(self) -> bool:
        """Whether these are samples as they were collected."""
        return self.minima is self.sums

    def part(self, first: int, last: int) -> "Windows":
        """Give the windows by position, `last` not included."""
        cut = slice(first, last)
        sums = self.sums[cut]
        if self.raw:
            return Windows(self.starts[cut], self.counts[cut], sums, sums, sums, self.whole)
        return Windows(self.starts[cut], self.counts[cut], self.minima[cut], self.maxima[cut], sums, self.whole)

    def between(self, start: int, end: int) -> "Windows":
        """Give the windows that start from `start` on and before `end`."""
        first, last = bisect_left(self.starts, start), bisect_left(self.starts, end)
        return self if last - first == len(self.starts) else self.part(first, last)


NONE = Windows((), (), (), (), ())
_ONE = array("B", (1,))


def samples(times: Sequence[int], values: Column, *, whole: bool) -> Windows:
    """Give samples as windows: times in ticks, ascending, none twice."""
    return Windows(times, _ONE * len(times), values, values, values, whole)


def tidy(times: Sequence[int], values: Column) -> tuple[Sequence[int], Column]:
    """Put samples in order of time; of those at one time the first stays."""
    if all(map(int.__lt__, times, times[1:])):
        return times, values
    first: dict[int, float] = {}
    for time, value in zip(times, values, strict=True):
        first.setdefault(time, value)
    order = sorted(first)
    return order, [first[time] for time in order]


def loosen(windows: Windows, scale: Scale) -> Windows:
    """Turn whole steps into values."""
    if not windows.whole:
        return windows
    sums = scale.values(windows.sums)
    if windows.raw:
        return Windows(windows.starts, windows.counts, sums, sums, sums, whole=False)
    minima, maxima = scale.values(windows.minima), scale.values(windows.maxima)
    return Windows(windows.starts, windows.counts, minima, maxima, sums, whole=False)


def chain(parts: Iterable[Windows], scale: Scale) -> Windows:
    """Put parts one behind the other; each must start where the one before ends, or later."""
    found = [part for part in parts if part.starts]
    if not found:
        return NONE
    if len(found) == 1:
        return found[0]
    whole = all(part.whole for part in found)
    if not whole:
        found = [loosen(part, scale) for part in found]
    starts = _join(part.starts for part in found)
    counts = _join(part.counts for part in found)
    sums = _join(part.sums for part in found)
    if all(part.raw for part in found):
        return Windows(starts, counts, sums, sums, sums, whole)
    return Windows(starts, counts, _join(p.minima for p in found), _join(p.maxima for p in found), sums, whole)


def merge(one: Windows, other: Windows, scale: Scale) -> Windows:
    """Put two sets of windows together; where both have a window, it sums up the samples of both."""
    if not one.starts or not other.starts or one.starts[-1] < other.starts[0]:
        return chain((one, other), scale)
    if one.whole != other.whole:
        one, other = loosen(one, scale), loosen(other, scale)
    rows = sorted([*_rows(one), *_rows(other)], key=itemgetter(0))
    starts, counts, minima, maxima, sums = zip(*rows, strict=True)
    return sum_up(Windows(starts, counts, minima, maxima, sums, one.whole), 1, 2)


def unite(one: Windows, other: Windows, scale: Scale) -> tuple[Windows, Windows]:
    """Put samples together; give all, and those of `other` that were new: at one time the sample of `one` stays."""
    if not one.starts or not other.starts or one.starts[-1] < other.starts[0]:
        return chain((one, other), scale), other
    known = set(one.starts)
    fresh = [index for index, time in enumerate(other.starts) if time not in known]
    new = samples([other.starts[i] for i in fresh], [other.sums[i] for i in fresh], whole=other.whole)
    if one.whole != new.whole:
        one, new = loosen(one, scale), loosen(new, scale)
    times, values = tidy([*one.starts, *new.starts], [*one.sums, *new.sums])
    return samples(times, values, whole=one.whole), new


def sum_up(windows: Windows, step: int, most: int) -> Windows:
    """Sum up windows into wider ones of `step` ticks, which start at multiples of it; at most `most` fall into one."""
    first = _even(windows, step, most)
    if first is None:
        return _sum_up(windows, step, most)
    last = len(windows) - (len(windows) - first) % most
    parts = [
        _sum_up(windows.part(0, first), step, most),
        _sum_up_evenly(windows.part(first, last), most),
        _sum_up(windows.part(last, len(windows)), step, most),
    ]
    starts, counts, minima, maxima, sums = map(_join, zip(*map(_columns, parts), strict=True))
    return Windows(starts, counts, minima, maxima, sums, windows.whole)


def _even(windows: Windows, step: int, most: int) -> int | None:
    """Say from where on windows without a gap can be cut every `most` of them; None where they can't."""
    if windows.raw or step % most or len(windows) < most:
        return None
    width, span = step // most, windows.starts[-1] - windows.starts[0]
    return -windows.starts[0] % step // width if span == (len(windows) - 1) * width else None


def _sum_up_evenly(windows: Windows, most: int) -> Windows:
    """Sum up `most` windows each, without looking when they start."""
    total: Callable[[Column], float] = sum if windows.whole else _total
    counts, minima, maxima, sums = (zip(*[iter(column)] * most, strict=True) for column in _columns(windows)[1:])
    return Windows(
        windows.starts[::most],
        list(map(sum, counts)),
        list(map(min, minima)),
        list(map(max, maxima)),
        list(map(total, sums)),
        windows.whole,
    )


def _sum_up(windows: Windows, step: int, most: int) -> Windows:
    cuts = _cuts(windows.starts, step, most)
    starts = [windows.starts[cut.start] // step * step for cut in cuts]
    total: Callable[[Column], float] = sum if windows.whole else _total
    sums = [windows.sums[cut] for cut in cuts]
    if windows.raw:
        counts, minima, maxima = [cut.stop - cut.start for cut in cuts], sums, sums
    else:
        counts = [sum(windows.counts[cut]) for cut in cuts]
        minima, maxima = [windows.minima[cut] for cut in cuts], [windows.maxima[cut] for cut in cuts]
    return Windows(
        starts, counts, list(map(min, minima)), list(map(max, maxima)), list(map(total, sums)), windows.whole
    )


def _cuts(starts: Sequence[int], step: int, most: int) -> list[slice]:
    """Find what falls into each of the wider windows."""
    cuts, first, length = [], 0, len(starts)
    while first < length:
        end = (starts[first] // step + 1) * step
        last = bisect_left(starts, end, first + 1, min(first + most, length))
        cuts.append(slice(first, last))
        first = last
    return cuts


def _total(values: Column) -> float:
    """Add floats; what is too large for one becomes the largest."""
    try:
        return math.fsum(values)
    except OverflowError:
        return math.copysign(sys.float_info.max, sum(value / len(values) for value in values))


def _columns(windows: Windows) -> tuple[Sequence[int], Sequence[int], Column, Column, Column]:
    return windows.starts, windows.counts, windows.minima, windows.maxima, windows.sums


def _rows(windows: Windows) -> Iterable[tuple[int, int, float, float, float]]:
    return zip(*_columns(windows), strict=True)


def _join(columns: Iterable[Sequence[float]]) -> list[Any]:
    joined: list[Any] = []
    for column in columns:
        joined.extend(column)
    return joined
