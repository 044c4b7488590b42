"""Columns: the samples of one series in one stretch of time that are not in the database yet.

The newest samples are a tail of numbers; whenever that has grown long, it is packed into a piece. Thus the memory that
a series takes does not depend on how long its stretch is.
"""

import math
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import repeat
from operator import add
from typing import Any, NamedTuple

from traybeat.store import chunk
from traybeat.store.packing import DamagedError
from traybeat.store.series import Entry
from traybeat.store.tier import RAW
from traybeat.store.windows import NONE, Windows, samples, tidy, unite

TAIL = 400
"""Samples from which on a tail is packed: below, packing saves little; above, memory adds up."""


class Unsaved(NamedTuple):
    """What a column has that its journal has not; `times` are ticks from the start of the stretch."""

    column: "Column"
    pieces: tuple[bytes, ...]
    times: "array[int]"
    numbers: "array[Any]"

    @property
    def whole(self) -> bool:
        """Whether the numbers are whole steps of the scale, not values."""
        return self.numbers.typecode != "d"


@dataclass(frozen=True, slots=True)
class Held:
    """What a column held at one moment."""

    entry: Entry
    stretch: int
    pieces: tuple[bytes, ...]
    times: "array[int]"
    numbers: "array[Any]"
    packed: int

    def __len__(self) -> int:
        return self.packed + len(self.times)

    def windows(self) -> Windows:
        """Give the samples in order; of two at the same time the first."""
        found = NONE
        for piece in self.pieces:
            found, _ = unite(found, chunk.decode(piece, RAW, self.stretch), self.entry.scale)
        return unite(found, self._tail(), self.entry.scale)[0]

    def piece(self) -> bytes:
        """Give the tail, packed."""
        return chunk.encode(self._tail(), RAW)

    def _tail(self) -> Windows:
        base = self.stretch * RAW.stretch
        times, values = tidy(list(map(add, self.times, repeat(base))), self.numbers)
        return samples(times, values, whole=self.numbers.typecode != "d")


class Column:
    """Samples of one series in one stretch, in the order in which they came."""

    __slots__ = ("_packed", "_saved", "_saved_pieces", "entry", "numbers", "pieces", "stretch", "times")

    def __init__(self, entry: Entry, stretch: int) -> None:
        self.entry = entry
        self.stretch = stretch
        self.pieces: tuple[bytes, ...] = ()
        self.times = array("H")
        self.numbers: array[Any] = array("i")
        self._packed = 0
        self._saved = self._saved_pieces = 0
        entry.seen(stretch)

    def __len__(self) -> int:
        return self._packed + len(self.times)

    def append(self, time: int, value: float) -> bool:
        """Add a sample, its time in ticks from the start of the stretch; says whether it could be kept."""
        if not math.isfinite(value):
            return False
        if self.numbers.typecode != "d":
            try:
                self._add(self.entry.scale.steps(value))
            except OverflowError:
                self._float()
                self.numbers.append(value)
        else:
            self.numbers.append(value)
        self.times.append(time)
        return True

    def extend(self, pieces: Sequence[bytes], times: Iterable[int], numbers: Iterable[float], *, whole: bool) -> None:
        """Add what a journal had; raises DamagedError. What else was here is to be saved again."""
        complete = self._saved == len(self.times) and self._saved_pieces == len(self.pieces)
        packed = sum(len(chunk.decode(piece, RAW, self.stretch)) for piece in pieces) if pieces else 0
        if whole and self.numbers.typecode == "d":
            numbers, whole = self.entry.scale.values(numbers), False
        moments = times if isinstance(times, array) and times.typecode == "H" else _array("H", times)
        new = _array("q" if whole else "d", numbers)
        if not whole and self.numbers.typecode != "d":
            self._float()
        self._extend(new)
        self.times.extend(moments)
        self.pieces += tuple(pieces)
        self._packed += packed
        if complete:
            self.saved(len(self.pieces), len(self.times))
        else:
            self.saved(0, 0)

    def unsaved(self) -> Unsaved | None:
        """Give what the journal does not have yet."""
        if self._saved == len(self.times) and self._saved_pieces == len(self.pieces):
            return None
        return Unsaved(self, self.pieces[self._saved_pieces :], self.times[self._saved :], self.numbers[self._saved :])

    def saved(self, pieces: int, tail: int) -> None:
        """Note how many of the pieces, and how much of the tail, the journal has."""
        self._saved_pieces, self._saved = pieces, tail

    def held(self) -> Held:
        """Give a copy that stays as it is."""
        return Held(self.entry, self.stretch, self.pieces, self.times[:], self.numbers[:], self._packed)

    def replace(self, held: Held, piece: bytes) -> None:
        """Put a piece in the place of the tail that was held at an earlier moment; what came since stays."""
        # What the journal has only a part of, it does not have as a piece.
        self._saved_pieces += self._saved >= len(held.times) and self._saved_pieces == len(self.pieces)
        self.pieces += (piece,)
        self._packed += len(held.times)
        self._clear(len(held.times))

    def forget(self, held: Held) -> None:
        """Let go of what was held at an earlier moment; what came since stays. Nothing may have been packed between."""
        self.pieces = self.pieces[len(held.pieces) :]
        self._saved_pieces = max(self._saved_pieces - len(held.pieces), 0)
        self._packed -= held.packed
        self._clear(len(held.times))

    def _add(self, number: Any) -> None:
        try:
            self.numbers.append(number)
        except OverflowError:
            self.numbers = array("q", self.numbers)
            self.numbers.append(number)

    def _extend(self, new: "array[Any]") -> None:
        try:
            self.numbers.extend(array(self.numbers.typecode, new))
        except OverflowError:
            self.numbers = array("q", self.numbers)
            self.numbers.extend(new)

    def _float(self) -> None:
        self.numbers = array("d", self.entry.scale.values(self.numbers))

    def _clear(self, length: int) -> None:
        left = self.numbers[length:]
        self.times = self.times[length:]
        self.numbers = left or array("i")
        self._saved = max(self._saved - length, 0)


def _array(code: str, numbers: Iterable[Any]) -> "array[Any]":
    try:
        return array(code, numbers)
    except OverflowError as error:
        raise DamagedError(str(error)) from error
