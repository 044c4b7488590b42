"""The head of history: what came last and is not in the tables yet. Batches go in here, and wait for nobody."""

import math
import threading
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice

from traybeat.model.metric import Batch, Metric
from traybeat.store.column import TAIL, Column, Held
from traybeat.store.journal import Addition, Record
from traybeat.store.series import Catalogue, Entry, Key
from traybeat.store.snapshot import TAIL as FILM_TAIL
from traybeat.store.snapshot import Film, HeldSnapshots
from traybeat.store.snapshot import encode as encode_film
from traybeat.store.tier import LAST_TICK, RAW, ticks

_PACK_AT_ONCE = 40


@dataclass(slots=True)
class Open:
    """What came of one stretch of time."""

    columns: dict[Key, Column] = field(default_factory=dict)
    film: Film = field(default_factory=Film)

    @property
    def empty(self) -> bool:
        """Whether nothing is left."""
        return not (self.columns or self.film.tail or self.film.pieces)

    def record(self) -> Record:
        """Give what the journal does not have yet."""
        unsaved = (column.unsaved() for column in self.columns.values())
        additions = [
            Addition(one.column.entry.id, one.pieces, one.times, one.numbers, one.whole) for one in unsaved if one
        ]
        return Record(additions, self.film.unsaved())


@dataclass(frozen=True, slots=True)
class Saving:
    """What goes to the journal in one commit, by stretch; and what of each column that covers."""

    records: Mapping[int, Record]
    columns: tuple[tuple[Column, int, int], ...]
    films: tuple[tuple[Film, HeldSnapshots], ...]


@dataclass(frozen=True, slots=True)
class Closing:
    """Some of the columns of a stretch that is over; with the last of them its film, and `complete` is set."""

    stretch: int
    columns: tuple[Held, ...]
    film: HeldSnapshots
    complete: bool


class Head:
    """Samples and snapshots by stretch and series, in memory. The lock is never held longer than a copy takes."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.lock = threading.Lock()
        self.dropped: Counter[str] = Counter()
        """Samples that could not be kept, by reason."""
        self._open: dict[int, Open] = {}

    def accept(self, batch: Batch) -> None:
        """Take a batch; readers see its samples at once."""
        tick = ticks(batch.time) if math.isfinite(batch.time) else -1
        with self.lock:
            if not 0 <= tick < LAST_TICK:
                self.dropped["time"] += len(batch.samples)
                return
            stretch, time = divmod(tick, RAW.stretch)
            open_ = self._open.setdefault(stretch, Open())
            for metric, labels, value in batch.samples:
                if metric.precision is not None:
                    key = (metric.name, labels, metric.precision)
                    column = open_.columns.get(key)
                    if column is None and (column := self._column(open_, stretch, key, metric)) is None:
                        self.dropped["series_cap"] += 1
                    elif not column.append(time, value):
                        self.dropped["not_finite"] += 1
            if batch.processes:
                open_.film.add(tick, batch.processes)

    def restore(self, stretch: int, record: Record) -> None:
        """Take what a journal had; raises DamagedError. Series that the catalogue does not know are left out."""
        with self.lock:
            open_ = self._open.setdefault(stretch, Open())
            for addition in record.additions:
                entry = self.catalogue.get(addition.series)
                if entry is not None:
                    column = open_.columns.get(entry.key)
                    if column is None:
                        column = open_.columns[entry.key] = Column(entry, stretch)
                    column.extend(addition.pieces, addition.times, addition.numbers, whole=addition.whole)
            open_.film.extend(record.films)

    def saving(self) -> Saving:
        """Copy what the journal does not have yet."""
        with self.lock:
            records = {stretch: record for stretch, open_ in self._open.items() if any(record := open_.record())}
            touched = [self._open[stretch] for stretch in records]
            columns = [column for open_ in touched for column in open_.columns.values()]
            return Saving(
                records,
                tuple((column, len(column.pieces), len(column.times)) for column in columns),
                tuple((open_.film, open_.film.held()) for open_ in touched),
            )

    def saved(self, saving: Saving) -> None:
        """Note what the journal has now."""
        with self.lock:
            for column, pieces, tail in saving.columns:
                column.saved(pieces, tail)
            for film, held in saving.films:
                film.saved(held)

    def closing(self, current: Collection[int], most: int) -> Closing | None:
        """Copy up to `most` columns of the oldest stretch that is none of the `current` ones."""
        with self.lock:
            stretch = min((number for number in self._open if number not in current), default=None)
            if stretch is None:
                return None
            open_ = self._open[stretch]
            columns = tuple(column.held() for column in list(open_.columns.values())[:most])
            return Closing(stretch, columns, open_.film.held(), complete=len(columns) == len(open_.columns))

    def closed(self, closing: Closing) -> None:
        """Let go of what is in the tables now."""
        with self.lock:
            open_ = self._open[closing.stretch]
            for held in closing.columns:
                column = open_.columns[held.entry.key]
                column.forget(held)
                if not len(column):
                    del open_.columns[held.entry.key]
            if closing.complete:
                open_.film.forget(closing.film)
            if open_.empty:
                del self._open[closing.stretch]

    def held(self, entries: Collection[Entry]) -> list[Held]:
        """Copy all that is here of some series."""
        with self.lock:
            keys = [entry.key for entry in entries]
            found = (open_.columns.get(key) for open_ in self._open.values() for key in keys)
            return [column.held() for column in found if column is not None]

    def films(self, first: int, last: int) -> list[HeldSnapshots]:
        """Copy the snapshots of the stretches from `first` to `last`."""
        with self.lock:
            return [open_.film.held() for stretch, open_ in self._open.items() if first <= stretch <= last]

    def stretches(self) -> list[int]:
        """Give the numbers of the stretches of which there is something here."""
        with self.lock:
            return list(self._open)

    def entries(self) -> list[Entry]:
        """Give the series of which there is something here."""
        with self.lock:
            return [column.entry for open_ in self._open.values() for column in open_.columns.values()]

    def expire(self, before: int) -> list[Entry]:
        """Forget the series that ended before a stretch, and of which nothing is here; give them."""
        with self.lock:
            here = {key for open_ in self._open.values() for key in open_.columns}
            gone = [e for e in self.catalogue if e.last is not None and e.last < before and e.key not in here]
            for entry in gone:
                self.catalogue.drop(entry)
            return gone

    def drop(self, reason: str, count: int) -> None:
        """Count samples that could not be kept."""
        if count:
            with self.lock:
                self.dropped[reason] += count

    def attach(self, stored: Iterable[Entry]) -> None:
        """Take on the series of a database, and forget what another one had of them."""
        here = self.entries()
        with self.lock:
            self.catalogue.attach(stored, here)
            for open_ in self._open.values():
                open_.film.unsave()
                for column in open_.columns.values():
                    column.saved(0, 0)

    def pack(self, current: Collection[int] | None = None) -> None:
        """Pack some long tails, so that they take little memory; with `current` set, also those of other stretches."""
        for column in self._tails(current):
            with self.lock:
                held = column.held()
            piece = held.piece()
            with self.lock:
                column.replace(held, piece)
        with self.lock:
            films = [
                open_.film
                for stretch, open_ in self._open.items()
                if len(open_.film.tail) >= (FILM_TAIL if current is None or stretch in current else 1)
            ]
        for film in films:
            with self.lock:
                shots = film.held()
            piece = encode_film(shots.tail)
            with self.lock:
                film.replace(shots, piece)

    def trim(self, most: int) -> None:
        """Let go of the oldest stretches while all pieces together take more than `most` bytes."""
        with self.lock:
            sizes = {stretch: _size(open_) for stretch, open_ in self._open.items()}
            for stretch in sorted(sizes)[:-1]:
                if sum(sizes.values()) <= most:
                    return
                self.dropped["memory"] += sum(map(len, self._open.pop(stretch).columns.values()))
                del sizes[stretch]

    def size(self) -> int:
        """Give the bytes that all pieces and tails take."""
        with self.lock:
            return sum(map(_size, self._open.values()))

    def _tails(self, current: Collection[int] | None) -> list[Column]:
        with self.lock:
            found = (
                column
                for stretch, open_ in self._open.items()
                for column in open_.columns.values()
                if len(column.times) >= (TAIL if current is None or stretch in current else 1)
            )
            return list(islice(found, _PACK_AT_ONCE))

    def _column(self, open_: Open, stretch: int, key: Key, metric: Metric) -> Column | None:
        entry = self.catalogue.of(key, metric)
        if entry is None:
            return None
        column = open_.columns[key] = Column(entry, stretch)
        return column


def _size(open_: Open) -> int:
    columns = open_.columns.values()
    packed = sum(len(piece) for column in columns for piece in column.pieces) + sum(map(len, open_.film.pieces))
    return packed + sum(len(c.times) * (c.times.itemsize + c.numbers.itemsize) for c in columns)
