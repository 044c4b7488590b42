"""The reader: answers any number of threads, each with a connection of its own."""

import sqlite3
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing, nullcontext
from typing import TypeVar

from traybeat.model.selector import Selector
from traybeat.store import rows
from traybeat.store.database import Database
from traybeat.store.head import Head
from traybeat.store.incidents import Incidents
from traybeat.store.query import Line, Plan, finest, line, plan
from traybeat.store.series import Entry, Series
from traybeat.store.snapshot import Snapshot
from traybeat.store.tier import RAW, TICKS, ticks
from traybeat.store.view import View

T = TypeVar("T")
ANY = Selector()
NEAR_SECONDS = 60.0
_PART_SECONDS = 6 * 3600.0


class Reader:
    """Reads what the tables and the head hold; what of the tables can't be read is left out.

    `identity` gives the name that the database must have for the catalogue's numbers to mean its rows; None where its
    tables must not be read. Under `seam`, nothing moves from the head to the tables.
    """

    def __init__(
        self,
        database: Database,
        head: Head,
        seam: threading.Lock,
        identity: Callable[[], str | None],
        incidents: Incidents,
    ) -> None:
        self._database = database
        self._head = head
        self._seam = seam
        self._identity = identity
        self._incidents = incidents

    def catalogue(self, selector: Selector = ANY) -> tuple[Series, ...]:
        """Give the series that a selector means, by name and labels; those of the past included."""
        return tuple(entries[0].told(entries[1:]) for entries in self._entries(selector))

    def since(self, name: str) -> float | None:
        """Say since when there is anything of a metric, in Unix seconds, to the hour; None where there is nothing."""
        return min((one.first for one in self.catalogue(Selector(name))), default=None)

    def query(self, selector: Selector, start: float, end: float, points: int) -> tuple[Line, ...]:
        """Give what series did from `start` to before `end`, in Unix seconds, each in at most `points` points.

        Series that did nothing then are left out. Raises WrongRangeError.
        """
        return self._lines(self._entries(selector), plan(start, end, points))

    def finest(self, selector: Selector, start: float, end: float) -> Iterator[Line]:
        """Give what series did from `start` to before `end`, in Unix seconds, as finely as it is kept.

        A series comes in several lines, each of some hours, in order of time.
        """
        for entries in self._entries(selector):
            first = max(start, min(entry.first or 0 for entry in entries) * RAW.stretch / TICKS)
            last = min(end, (max(entry.last or 0 for entry in entries) + 1) * RAW.stretch / TICKS)
            while first < last:
                edge = min((first // _PART_SECONDS + 1) * _PART_SECONDS, last)
                yield from self._lines([entries], finest(first, edge))
                first = edge

    def _lines(self, found: Iterable[list[Entry]], wanted: Plan) -> tuple[Line, ...]:
        series = [entries for entries in found if _lived(entries, wanted.start, wanted.end)]

        def lines(view: View) -> list[Line]:
            return [line(view, entries, wanted) for entries in series]

        drawn = self._answer(lines, [entry for entries in series for entry in entries])
        return tuple(one for one in drawn if one.times)

    def snapshots(self, start: float, end: float) -> tuple[Snapshot, ...]:
        """Give the snapshots of the top processes from `start` to `end`, in Unix seconds."""
        first, last = ticks(max(start, 0)), ticks(end)
        span = (RAW.number(first), RAW.number(last))
        found = self._answer(lambda view: view.snapshots(*span), films=span)
        return tuple(one for one in found if first <= one.time <= last)

    def processes(self, at: float) -> Snapshot | None:
        """Give the last snapshot of the top processes up to a time, unless it is more than a minute older."""
        found = self.snapshots(at - NEAR_SECONDS, at)
        return found[-1] if found else None

    def _entries(self, selector: Selector) -> list[list[Entry]]:
        """Find series; those that differ in precision only are one."""
        with self._head.lock:
            entries = list(self._head.catalogue)
        found: dict[tuple[str, tuple[tuple[str, str], ...]], list[Entry]] = {}
        for entry in entries:
            name = entry.key[0]
            if selector.name in {None, name} and selector.fits(name, pairs := entry.pairs):
                found.setdefault((name, tuple(pairs.items())), []).append(entry)
        return [found[key] for key in sorted(found)]

    def _answer(self, ask: Callable[[View], T], entries: Collection[Entry] = (), films: tuple[int, int] = (0, -1)) -> T:
        connection = self._open()
        with nullcontext() if connection is None else closing(connection):
            with self._seam:
                kept = self._begin(connection)
                view = View(
                    None if kept is None else connection,
                    {entry: entry.id for entry in entries},
                    kept or {},
                    self._head.held(entries),
                    self._head.films(*films),
                )
            try:
                answer = ask(view)
            except sqlite3.Error as error:
                self._incidents.told(error)
                view.connection = None
                answer = ask(view)
            self._incidents.met(view.damaged)
            return answer

    def _open(self) -> sqlite3.Connection | None:
        if self._identity() is None:
            return None
        try:
            return self._database.read()
        except sqlite3.Error as error:
            self._incidents.told(error)
            return None

    def _begin(self, connection: sqlite3.Connection | None) -> dict[str, int] | None:
        """Take sight of the tables as they are now; None where they can't be read, or are not those that we know."""
        if connection is None:
            return None
        try:
            connection.execute("BEGIN")
            known = rows.meta(connection, "id") == self._identity()
            return rows.kept(connection) if known else None
        except sqlite3.Error as error:
            self._incidents.told(error)
            return None


def _lived(entries: Sequence[Entry], start: int, end: int) -> bool:
    """Say whether series may have samples from `start` to before `end`, in ticks."""
    return any((e.first or 0) * RAW.stretch < end and ((e.last or 0) + 1) * RAW.stretch > start for e in entries)
