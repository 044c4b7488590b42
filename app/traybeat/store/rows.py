"""Rows of the tables, read and written; no function here opens or ends a transaction."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from traybeat.store import chunk, journal, snapshot
from traybeat.store.journal import Record
from traybeat.store.packing import DamagedError
from traybeat.store.series import Entry
from traybeat.store.snapshot import Snapshot
from traybeat.store.tier import RAW, SERIES_BITS, STRETCH_BITS, TEN_MINUTES, TICKS, Tier
from traybeat.store.windows import NONE, Windows

HOUR = RAW.stretch // TICKS
PROCESSES = "processes"
_FIRST_PAGE, _NEXT_PAGE = 965, 1020
"""What a row of the journal has room for on its own page, and on each that follows: rows fill pages, so that they can
take each other's place, and that those written one after the other lie side by side."""
_SLOTS, _LONGEST_SLOT = 512, 8192


def windows(connection: sqlite3.Connection, tier: Tier, stretch: int, series: int) -> Windows:
    """Read what one series did in one stretch; empty where there is nothing. Raises DamagedError."""
    query = f"SELECT data FROM {tier.table} WHERE id = ?"  # noqa: S608 (a constant)
    found = connection.execute(query, (tier.row(stretch, series),)).fetchone()
    return chunk.decode(found[0], tier, stretch) if found else NONE


def span(connection: sqlite3.Connection, tier: Tier, stretches: range, series: int) -> Iterator[tuple[int, bytes]]:
    """Read the packed rows of one series in some stretches, in order, each with its stretch; `chunk` decodes them."""
    if tier.by_series:
        query = f"SELECT id, data FROM {tier.table} WHERE id BETWEEN ? AND ? ORDER BY id"  # noqa: S608 (a constant)
        edges = (tier.row(stretches.start, series), tier.row(stretches.stop - 1, series))
        for row, data in connection.execute(query, edges):
            yield row - tier.row(0, series), data
        return
    query = f"SELECT data FROM {tier.table} WHERE id = ?"  # noqa: S608 (a constant)
    for stretch in stretches:
        for (data,) in connection.execute(query, (tier.row(stretch, series),)):
            yield stretch, data


def put_windows(connection: sqlite3.Connection, tier: Tier, stretch: int, series: int, content: Windows) -> None:
    """Write what one series did in one stretch, in the place of what may be there."""
    _put(connection, tier.table, tier.row(stretch, series), chunk.encode(content, tier))


def snapshots(connection: sqlite3.Connection, stretch: int) -> list[Snapshot]:
    """Read the snapshots of one stretch. Raises DamagedError."""
    found = connection.execute("SELECT data FROM processes WHERE id = ?", (stretch,)).fetchone()
    return snapshot.decode(found[0]) if found else []


def put_snapshots(connection: sqlite3.Connection, stretch: int, content: Sequence[Snapshot]) -> None:
    """Write the snapshots of one stretch, in the place of what may be there."""
    _put(connection, PROCESSES, stretch, snapshot.encode(content))


def prune(connection: sqlite3.Connection, table: str, before: int, most: int) -> int:
    """Delete up to `most` of the rows of stretches before one; give how many."""
    if table == TEN_MINUTES.table:
        # One short look for each series: all rows by their stretch would be a walk through the whole table.
        old = f"""SELECT found.id FROM series CROSS JOIN {table} found ON found.id >= series.id << {STRETCH_BITS}
            AND found.id < (series.id << {STRETCH_BITS}) + ? LIMIT ?"""  # noqa: S608 (constants)
    else:
        old = f"SELECT id FROM {table} WHERE id < ? ORDER BY id LIMIT ?"  # noqa: S608 (a constant)
        before = before if table == PROCESSES else before << SERIES_BITS
    query = f"DELETE FROM {table} WHERE id IN ({old})"  # noqa: S608 (a constant)
    return connection.execute(query, (before, most)).rowcount


def entries(connection: sqlite3.Connection) -> Iterator[Entry]:
    """Read all series; those that make no sense are left out."""
    query = "SELECT id, name, labels, precision, unit, help, first, last FROM series"
    for id_, name, labels, precision, unit, help_, first, last in connection.execute(query):
        try:
            pairs = json.loads(labels)
            entry = Entry((name, tuple(pairs.values()), precision), tuple(pairs), unit, help_)
        except (ValueError, TypeError, AttributeError, RecursionError):
            continue
        entry.id = id_
        entry.first, entry.last = first // HOUR, last // HOUR
        entry.stored = (entry.first, entry.last)
        yield entry


def put_entry(connection: sqlite3.Connection, entry: Entry) -> tuple[int, int]:
    """Write a series as it is now; give what `Entry.stored` is to be once that is committed."""
    span = (entry.first or 0, entry.last or 0)
    labels = json.dumps(entry.pairs, ensure_ascii=False)
    connection.execute(
        "INSERT INTO series VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET first = excluded.first, last = excluded.last",
        (entry.id, entry.key[0], labels, entry.key[2], entry.unit, entry.help, span[0] * HOUR, span[1] * HOUR),
    )
    return span


def drop_entry(connection: sqlite3.Connection, entry: Entry) -> None:
    """Delete a series."""
    connection.execute("DELETE FROM series WHERE id = ?", (entry.id,))


def put_record(connection: sqlite3.Connection, stretch: int, record: Record) -> None:
    """Add to the journal; a row that is free is filled again, to its length, so that only its own pages are written."""
    number, place = connection.execute(
        "SELECT coalesce(max(number), 0) + 1, min(CASE WHEN stretch < 0 THEN id END) FROM journal"
    ).fetchone()
    data = journal.encode(record)
    length = _FIRST_PAGE + max(-((_FIRST_PAGE - len(data)) // _NEXT_PAGE), 0) * _NEXT_PAGE
    if place is not None:
        length = max(
            length, connection.execute("SELECT length(data) FROM journal WHERE id = ?", (place,)).fetchone()[0]
        )
    connection.execute(
        "INSERT INTO journal VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE"
        " SET number = excluded.number, stretch = excluded.stretch, data = excluded.data",
        (place, number, stretch, data.ljust(length, b"\0")),
    )


def records(connection: sqlite3.Connection) -> Iterator[tuple[int, Record | None]]:
    """Read the journal, in order, by stretch; None stands for a damaged row."""
    for stretch, data in connection.execute("SELECT stretch, data FROM journal WHERE stretch >= 0 ORDER BY number"):
        try:
            yield stretch, journal.decode(data)
        except DamagedError:
            yield stretch, None


def drop_records(connection: sqlite3.Connection, stretch: int) -> None:
    """Free the rows that the journal has of a stretch; unusually long ones, and those beyond an hour's, go."""
    connection.execute(
        "DELETE FROM journal WHERE stretch = ? AND (id > ? OR length(data) > ?)", (stretch, _SLOTS, _LONGEST_SLOT)
    )
    connection.execute("UPDATE journal SET stretch = -1 - stretch WHERE stretch = ?", (stretch,))


def kept(connection: sqlite3.Connection) -> dict[str, int]:
    """Give since when each table is whole, in Unix seconds: what was before has been pruned, or soon is."""
    return dict(connection.execute("SELECT tier, since FROM kept"))


def put_kept(connection: sqlite3.Connection, table: str, since: int) -> None:
    """Set since when a table is whole."""
    connection.execute("UPDATE kept SET since = ? WHERE tier = ?", (since, table))


def meta(connection: sqlite3.Connection, key: str) -> str | None:
    """Read one of the few notes that the database keeps of itself."""
    found = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return found[0] if found else None


def put_meta(connection: sqlite3.Connection, key: str, value: str | None) -> None:
    """Write such a note; None deletes it."""
    connection.execute("DELETE FROM meta WHERE key = ?", (key,))
    if value is not None:
        connection.execute("INSERT INTO meta VALUES (?, ?)", (key, value))


def newest(connection: sqlite3.Connection) -> int | None:
    """Give the end of the newest stretch of which there is anything, in Unix seconds."""
    found: Iterable[int | None] = connection.execute(
        "SELECT (SELECT max(id) FROM raw), (SELECT max(stretch) FROM journal WHERE stretch >= 0)"
    ).fetchone()
    raw, recorded = found
    stretches = [raw >> SERIES_BITS] if raw is not None else []
    stretches += [recorded] if recorded is not None else []
    return (max(stretches) + 1) * HOUR if stretches else None


def _put(connection: sqlite3.Connection, table: str, row: int, data: bytes) -> None:
    query = f"INSERT INTO {table} VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET data = excluded.data"  # noqa: S608
    connection.execute(query, (row, data))
