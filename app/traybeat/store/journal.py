"""The journal: what came since the last commit, of all series, as one small row for each stretch of time.

A row stands on its own: it can be read without those before it. Series that were sampled at the same times, as those
of one collector are, share these times.
"""

from array import array
from collections.abc import Iterator, Sequence
from itertools import accumulate
from operator import sub
from typing import Any, NamedTuple

from traybeat.store.packing import DamagedError, Parts, Unpacker, pack, pack_floats, squeeze, varint
from traybeat.store.tier import RAW

_MOST_BYTES = 1 << 26


class Addition(NamedTuple):
    """What came of one series: packed pieces, and samples at `times` in ticks from the start of the stretch.

    `numbers` are whole steps of the series' scale where `whole` is set, else values.
    """

    series: int
    pieces: tuple[bytes, ...]
    times: Sequence[int]
    numbers: Sequence[float]
    whole: bool


class Record(NamedTuple):
    """One row: what came of the series, and packed snapshots of processes."""

    additions: Sequence[Addition]
    films: Sequence[bytes]


def encode(record: Record) -> bytes:
    """Write a row."""
    pieces = [(addition.series, piece) for addition in record.additions for piece in addition.pieces]
    groups: dict[tuple[bytes, bool], list[Addition]] = {}
    for addition in record.additions:
        if addition.times:
            groups.setdefault((array("H", addition.times).tobytes(), addition.whole), []).append(addition)
    out = [varint(len(groups)), *(part for group in groups.values() for part in _group(group)), varint(len(pieces))]
    out += [varint(series) + varint(len(piece)) + piece for series, piece in pieces]
    out += [varint(len(record.films)), *(varint(len(film)) + film for film in record.films)]
    return squeeze(out)


def decode(data: bytes) -> Record:
    """Read a row; raises DamagedError."""
    reader = Unpacker(data, _MOST_BYTES)
    additions = [addition for _ in range(reader.varint()) for addition in _ungroup(reader)]
    additions += [
        Addition(reader.varint(), (reader.take(reader.varint()),), (), (), whole=True) for _ in range(reader.varint())
    ]
    return Record(additions, [reader.take(reader.varint()) for _ in range(reader.varint())])


def _group(group: Sequence[Addition]) -> Parts:
    times, whole = group[0].times, group[0].whole
    head = (varint(len(times) << 1 | whole), *pack(times), varint(len(group)), *pack([one.series for one in group]))
    rows: list[Any] = [one.numbers for one in group]
    if not whole:
        return *head, *pack_floats([number for row in rows for number in row])
    steps = [step for row in rows for step in map(sub, row[1:], row)]
    return *head, *pack([row[0] for row in rows]), *pack(steps)


def _ungroup(reader: Unpacker) -> Iterator[Addition]:
    length, whole = divmod(reader.varint(), 2)
    if not length:
        raise DamagedError("no times")
    times = reader.numbers(length)
    if not 0 <= min(times) <= max(times) < RAW.stretch:
        raise DamagedError("times beyond the stretch")
    times = array("H", times)
    series = reader.numbers(reader.varint())
    if whole:
        firsts, steps = reader.numbers(len(series)), reader.numbers(len(series) * (length - 1))
        for index, (one, first) in enumerate(zip(series, firsts, strict=True)):
            row = steps[index * (length - 1) : (index + 1) * (length - 1)]
            yield Addition(one, (), times, list(accumulate(row, initial=first)), whole=True)
    else:
        values = reader.floats(len(series) * length)
        for index, one in enumerate(series):
            yield Addition(one, (), times, values[index * length : (index + 1) * length], whole=False)
