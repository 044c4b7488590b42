"""Chunks: the windows of one series in one stretch of time, as the bytes of one row."""

from collections.abc import Callable, Sequence
from itertools import repeat
from operator import add, floordiv, mul, sub
from typing import Any

from traybeat.store.packing import DamagedError, Parts, Unpacker, pack, pack_floats, squeeze, varint
from traybeat.store.tier import Tier
from traybeat.store.windows import Windows, samples

_SUMMARY, _WHOLE = 1, 2
_MOST_BYTES = 48
"""Of one window before compression: five columns of at most eight bytes, and to spare."""


def encode(windows: Windows, tier: Tier) -> bytes:
    """Write windows, one at least, that lie in one stretch of a tier."""
    base = windows.starts[0] // tier.stretch * tier.stretch
    places = list(map(floordiv, map(sub, windows.starts, repeat(base)), repeat(tier.window)))
    flags = _WHOLE * windows.whole | _SUMMARY * (not windows.raw)
    write: Callable[[Sequence[Any]], Parts] = pack if windows.whole else pack_floats
    out = [bytes((flags,)), varint(len(places)), *pack(places)]
    if not windows.raw:
        out += (*pack(windows.counts), *write(windows.minima), *write(windows.maxima))
    return squeeze((*out, *write(windows.sums)))


def decode(data: bytes, tier: Tier, stretch: int) -> Windows:
    """Read the windows of the stretch of that number; raises DamagedError."""
    most = tier.stretch // tier.window
    reader = Unpacker(data, (most + 1) * _MOST_BYTES)
    flags, length = reader.take(1)[0], reader.varint()
    if not 0 < length <= most:
        raise DamagedError("more windows than there are")
    places = map(mul, reader.numbers(length), repeat(tier.window))
    starts = list(map(add, places, repeat(stretch * tier.stretch)))
    whole = bool(flags & _WHOLE)
    read: Callable[[int], Sequence[float]] = reader.numbers if whole else reader.floats
    if not flags & _SUMMARY:
        return samples(starts, read(length), whole=whole)
    return Windows(starts, reader.numbers(length), read(length), read(length), read(length), whole)
