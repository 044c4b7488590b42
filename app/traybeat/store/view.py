"""Views: everything that history held at one moment, tables and head, without a gap or an overlap between them."""

import sqlite3
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from traybeat.store import chunk, rows
from traybeat.store.column import Held
from traybeat.store.packing import DamagedError
from traybeat.store.sealing import summaries
from traybeat.store.series import Entry
from traybeat.store.snapshot import HeldSnapshots, Snapshot
from traybeat.store.snapshot import unite as unite_snapshots
from traybeat.store.tier import RAW, TICKS, Tier
from traybeat.store.windows import NONE, Windows, chain, merge, unite


@dataclass(slots=True)
class View:
    """One reader's consistent sight. `connection` is in a transaction of its own; None where no table can be read.

    `ids` are the series' numbers in those tables. `kept` tells since when each table is whole, in Unix seconds.
    `damaged` counts the rows that could not be read.
    """

    connection: sqlite3.Connection | None
    ids: Mapping[Entry, int]
    kept: Mapping[str, int]
    held: Collection[Held]
    films: Collection[HeldSnapshots] = ()
    damaged: int = 0

    def since(self, tier: Tier) -> int:
        """Give the tick since when a tier is whole."""
        return self.kept.get(tier.table, 0) * TICKS

    def windows(self, entry: Entry, tier: Tier, start: int, end: int) -> Windows:
        """Give what one series did from `start` to before `end`, in ticks, as a tier has it."""
        found = chain(self._rows(entry, tier, start, end), entry.scale)
        for held in self.held:
            if held.entry is entry and held.stretch * RAW.stretch < end and (held.stretch + 1) * RAW.stretch > start:
                found = merge(found, self._held(held, tier), entry.scale)
        return found.between(start, end)

    def snapshots(self, first: int, last: int) -> list[Snapshot]:
        """Give the snapshots in the stretches from `first` to `last`."""
        found: list[Snapshot] = []
        if self.connection is not None:
            for stretch in range(first, last + 1):
                try:
                    found += rows.snapshots(self.connection, stretch)
                except DamagedError:
                    self.damaged += 1
        for film in self.films:
            found = unite_snapshots(found, film.snapshots())
        return found

    def _rows(self, entry: Entry, tier: Tier, start: int, end: int) -> Iterator[Windows]:
        if self.connection is None or entry.first is None or entry.last is None:
            return
        first = max(start, entry.first * RAW.stretch)
        last = min(end, (entry.last + 1) * RAW.stretch) - 1
        stretches = range(tier.number(first), tier.number(last) + 1)
        for stretch, data in rows.span(self.connection, tier, stretches, self.ids[entry]):
            try:
                yield chunk.decode(data, tier, stretch)
            except DamagedError:
                self.damaged += 1

    def _row(self, entry: Entry, tier: Tier, stretch: int) -> Windows:
        try:
            return (
                rows.windows(self.connection, tier, stretch, self.ids[entry]) if self.connection is not None else NONE
            )
        except DamagedError:
            self.damaged += 1
            return NONE

    def _held(self, held: Held, tier: Tier) -> Windows:
        """Give what a column adds to the tables; of a stretch met before, they may have the same samples."""
        _, new = unite(self._row(held.entry, RAW, held.stretch), held.windows(), held.entry.scale)
        return new if tier is RAW else summaries(new)[tier]
