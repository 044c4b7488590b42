"""Commits: one turn's worth of the head goes to the database, in one transaction."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from traybeat.model.service import Clock
from traybeat.model.settings import History
from traybeat.store import pruning, rows, sealing
from traybeat.store.confirmed import Confirmed
from traybeat.store.head import Closing, Head, Saving
from traybeat.store.incidents import Incidents
from traybeat.store.rows import HOUR
from traybeat.store.sealing import Tally
from traybeat.store.series import Entry
from traybeat.store.tier import RAW, TEN_MINUTES, ticks

GRACE_SECONDS = 60.0
"""How long after its end a stretch is still open: the last batches may be on their way."""
_SEAL_AT_ONCE = 25
_SEAL_TURNS = 120


@dataclass(slots=True)
class _Done:
    """What a transaction did, to be noted once it is committed."""

    spans: list[tuple[Entry, tuple[int, int]]]
    tally: Tally
    expired: int = 0
    pruned: bool = False


class Committer:
    """Knows what there is to do for one database; `seam` is held while it moves from the head to the tables."""

    def __init__(self, head: Head, clock: Clock, seam: threading.Lock, incidents: Incidents) -> None:
        self._head = head
        self._clock = clock
        self._seam = seam
        self._incidents = incidents
        self._confirmed = Confirmed(None, None)
        self._claim: float | None = None
        self._pruned: dict[str, int] = {}

    def meet(self, connection: sqlite3.Connection) -> None:
        """Learn how far a database has come."""
        claim = rows.meta(connection, "claim")
        self._claim = float(claim) if claim is not None else None
        newest = rows.newest(connection)
        self._confirmed = Confirmed(min(newest, self._clock.wall()) if newest is not None else None, self._claim)
        self._pruned = {}

    def open_stretches(self) -> set[int]:
        """Give the numbers of the stretches that batches may still be coming for."""
        now = self._clock.wall()
        return {RAW.number(ticks(max(time, 0))) for time in (now, now - GRACE_SECONDS)}

    def commit(self, connection: sqlite3.Connection, settings: History) -> None:
        """Write what is new, and some of what is over; delete some of what is old.

        Raises sqlite3.Error; then nothing has changed.
        """
        wanted = pruning.bounds(settings, self._confirmed.at(self._clock.wall()))
        saving = self._head.saving()
        most = max(_SEAL_AT_ONCE, len(self._head.catalogue) // _SEAL_TURNS)
        closing = self._head.closing(self.open_stretches(), most)
        if not (saving.records or closing or wanted != self._pruned or self._confirmed.claim != self._claim):
            return
        connection.execute("BEGIN IMMEDIATE")
        try:
            done = self._write(connection, saving, closing, wanted)
            with self._seam:
                connection.execute("COMMIT")
                self._note(saving, closing, done)
        except BaseException:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise
        self._claim = self._confirmed.claim
        if done.pruned:
            self._pruned = wanted

    def _write(
        self, connection: sqlite3.Connection, saving: Saving, closing: Closing | None, wanted: dict[str, int]
    ) -> _Done:
        done = _Done([], Tally())
        for entry in _unstored(saving, closing):
            done.spans.append((entry, rows.put_entry(connection, entry)))
        for stretch, record in saving.records.items():
            rows.put_record(connection, stretch, record)
        if closing is not None:
            self._seal(connection, closing, wanted[TEN_MINUTES.table], done)
        if wanted != self._pruned:
            done.pruned = self._prune(connection, wanted)
        if self._confirmed.claim != self._claim:
            rows.put_meta(connection, "claim", None if (claim := self._confirmed.claim) is None else repr(claim))
        return done

    def _seal(self, connection: sqlite3.Connection, closing: Closing, since: int, done: _Done) -> None:
        if (closing.stretch + 1) * HOUR <= since:
            done.expired = sum(map(len, closing.columns))
        else:
            for held in closing.columns:
                sealing.seal(connection, held, done.tally)
            if closing.complete:
                sealing.seal_film(connection, closing.stretch, closing.film, done.tally)
        if closing.complete:
            rows.drop_records(connection, closing.stretch)

    def _prune(self, connection: sqlite3.Connection, wanted: dict[str, int]) -> bool:
        oldest = min(self._head.stretches(), default=None)
        if pruning.prune(connection, wanted, None if oldest is None else oldest * HOUR):
            return False
        for entry in self._head.expire(wanted[TEN_MINUTES.table] // HOUR):
            rows.drop_entry(connection, entry)
        return True

    def _note(self, saving: Saving, closing: Closing | None, done: _Done) -> None:
        self._head.saved(saving)
        if closing is not None:
            self._head.closed(closing)
        for entry, span in done.spans:
            entry.stored = span
        self._head.drop("duplicate", done.tally.duplicates)
        self._head.drop("expired", done.expired)
        self._incidents.met(done.tally.damaged)


def _unstored(saving: Saving, closing: Closing | None) -> Iterator[Entry]:
    """Give the series that the database does not know, or of which it does not know all the time they span."""
    new = {column.entry.id: column.entry for column, _, _ in saving.columns if column.entry.stored is None}
    for held in closing.columns if closing is not None else ():
        if held.entry.stored != (held.entry.first, held.entry.last):
            new[held.entry.id] = held.entry
    yield from new.values()
