"""Snapshots: the top processes at moments some seconds apart."""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice
from typing import NamedTuple

from traybeat.model.readings.process import Process
from traybeat.store.packing import DamagedError, Unpacker, pack, squeeze, varint
from traybeat.store.tier import TICKS

EVERY = 10 * TICKS
"""One snapshot is kept out of each span of so many ticks."""
TAIL = 30
_CPU_STEPS = 10_000
_MEMORY_STEP = 1024
_MOST_PROCESSES = 100
_MOST_BYTES = 1 << 24


class Snapshot(NamedTuple):
    """The top processes at one time, in ticks."""

    time: int
    processes: tuple[Process, ...]


def encode(snapshots: Sequence[Snapshot]) -> bytes:
    """Write snapshots; processor shares to 1/10,000, memory to 1,024 bytes."""
    rows = [row for snapshot in snapshots for row in sorted(snapshot.processes)]
    names = {who: index for index, who in enumerate(dict.fromkeys((row.name, row.user) for row in rows))}
    text = json.dumps(list(names), separators=(",", ":")).encode()
    columns = (
        [snapshot.time for snapshot in snapshots],
        [len(snapshot.processes) for snapshot in snapshots],
        [row.pid for row in rows],
        [names[row.name, row.user] for row in rows],
        [round(row.cpu_ratio * _CPU_STEPS) for row in rows],
        [round(row.memory_bytes / _MEMORY_STEP) for row in rows],
    )
    head = varint(len(snapshots)) + varint(len(text))
    return squeeze((head, text, *(part for column in columns for part in pack(column))))


def decode(data: bytes) -> list[Snapshot]:
    """Read snapshots; raises DamagedError."""
    reader = Unpacker(data, _MOST_BYTES)
    length, text = reader.varint(), reader.varint()
    try:
        names = json.loads(reader.take(text))
        times, counts = reader.numbers(length), reader.numbers(length)
        columns = [reader.numbers(sum(counts)) for _ in range(4)]
        rows = [
            Process(pid, str(names[who][0]), str(names[who][1]), cpu / _CPU_STEPS, float(memory * _MEMORY_STEP))
            for pid, who, cpu, memory in zip(*columns, strict=True)
        ]
    except (IndexError, KeyError, ValueError, TypeError, RecursionError) as error:
        raise DamagedError(str(error)) from error
    ends = list(accumulate(counts))
    return [Snapshot(time, tuple(rows[end - n : end])) for time, n, end in zip(times, counts, ends, strict=True)]


def unite(one: Iterable[Snapshot], other: Iterable[Snapshot]) -> list[Snapshot]:
    """Put snapshots together in order; of two in the same span the first stays."""
    found: dict[int, Snapshot] = {}
    for snapshot in (*one, *other):
        found.setdefault(snapshot.time // EVERY, snapshot)
    return [found[span] for span in sorted(found)]


@dataclass(frozen=True, slots=True)
class HeldSnapshots:
    """What a film held at one moment."""

    pieces: tuple[bytes, ...]
    tail: tuple[Snapshot, ...]

    def snapshots(self) -> list[Snapshot]:
        """Give them in order."""
        found: list[Snapshot] = []
        for piece in self.pieces:
            found = unite(found, decode(piece))
        return unite(found, self.tail)


class Film:
    """The snapshots of one stretch of time that are not in the database yet."""

    __slots__ = ("_saved", "_saved_pieces", "_spans", "pieces", "tail")

    def __init__(self) -> None:
        self.pieces: tuple[bytes, ...] = ()
        self.tail: list[Snapshot] = []
        self._saved = self._saved_pieces = 0
        self._spans: set[int] = set()

    def add(self, time: int, processes: Iterable[Process]) -> None:
        """Keep the top processes, unless there are some of about that time already."""
        if (span := time // EVERY) not in self._spans:
            self._spans.add(span)
            sound = (one for one in processes if math.isfinite(one.cpu_ratio) and math.isfinite(one.memory_bytes))
            self.tail.append(Snapshot(time, tuple(islice(sound, _MOST_PROCESSES))))

    def extend(self, pieces: Iterable[bytes]) -> None:
        """Add what a journal had; raises DamagedError. What else was here and is not in it, will be, with the rest."""
        complete = self._saved == len(self.tail) and self._saved_pieces == len(self.pieces)
        for piece in pieces:
            for time, processes in decode(piece):
                self.add(time, processes)
        if complete:
            self._saved = len(self.tail)
        else:
            self.unsave()

    def unsaved(self) -> tuple[bytes, ...]:
        """Give what the journal does not have yet, packed."""
        rest = self.tail[self._saved :]
        return self.pieces[self._saved_pieces :] + ((encode(rest),) if rest else ())

    def saved(self, held: HeldSnapshots) -> None:
        """Note that the journal has what was held at an earlier moment."""
        self._saved_pieces, self._saved = len(held.pieces), len(held.tail)

    def unsave(self) -> None:
        """Forget what the journal has: it is another one now."""
        self._saved = self._saved_pieces = 0

    def held(self) -> HeldSnapshots:
        """Give a copy that stays as it is."""
        return HeldSnapshots(self.pieces, tuple(self.tail))

    def replace(self, held: HeldSnapshots, piece: bytes) -> None:
        """Put a piece in the place of the tail that was held at an earlier moment; what came since stays."""
        self._saved_pieces += self._saved >= len(held.tail) and self._saved_pieces == len(self.pieces)
        self.pieces += (piece,)
        del self.tail[: len(held.tail)]
        self._saved = max(self._saved - len(held.tail), 0)

    def forget(self, held: HeldSnapshots) -> None:
        """Let go of what was held at an earlier moment; what came since stays."""
        self.pieces = self.pieces[len(held.pieces) :]
        self._saved_pieces = max(self._saved_pieces - len(held.pieces), 0)
        del self.tail[: len(held.tail)]
        self._saved = max(self._saved - len(held.tail), 0)
