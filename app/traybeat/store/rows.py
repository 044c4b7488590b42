"""Rows of the tables, read and written; no function here opens or ends a transaction."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from traybeat.store import chunk, journal, snapshot
from traybeat.store.journal import Record
from traybeat.store.packing import DamagedError
from traybeat.store.series import Entry
from traybeat.store.snapshot import Snapshot
from traybeat.store.tier import RAW, SERIES_BITS, TICKS, Tier
from traybeat.store.windows import NONE, Windows

HOUR = RAW.stretch // TICKS
PROCESSES = "processes"


def windows(connection: sqlite3.Connection, tier: Tier, stretch: int, series: int) -> Windows:
    """Read what one series did in one stretch; empty where there is nothing. Raises DamagedError."""
    query = f"SELECT data FROM {tier.table} WHERE id = ?"  # noqa: S608 (a constant)
    found = connection.execute(query, (tier.row(stretch, series),)).fetchone()
    return chunk.decode(found[0], tier, stretch) if found else NONE


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
    """Delete up to `most` of the rows with numbers below `before`, the oldest first; give how many."""
    old = f"SELECT id FROM {table} WHERE id < ? ORDER BY id LIMIT ?"  # noqa: S608 (a constant)
    query = f"DELETE FROM {table} WHERE id IN ({old})"  # noqa: S608 (a constant)
    return connection.execute(query, (before, most)).rowcount


def first_series_row(stretch: int) -> int:
    """Give the number below which lie all rows of earlier stretches."""
    return stretch << SERIES_BITS


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
    """Add to the journal."""
    connection.execute("INSERT INTO journal (stretch, data) VALUES (?, ?)", (stretch, journal.encode(record)))


def records(connection: sqlite3.Connection) -> Iterator[tuple[int, Record | None]]:
    """Read the journal, in order, by stretch; None stands for a damaged row."""
    for stretch, data in connection.execute("SELECT stretch, data FROM journal ORDER BY id"):
        try:
            yield stretch, journal.decode(data)
        except DamagedError:
            yield stretch, None


def drop_records(connection: sqlite3.Connection, stretch: int) -> None:
    """Delete what the journal has of a stretch."""
    connection.execute("DELETE FROM journal WHERE stretch = ?", (stretch,))


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
        "SELECT (SELECT max(id) FROM raw), (SELECT max(stretch) FROM journal)"
    ).fetchone()
    raw, recorded = found
    stretches = [raw >> SERIES_BITS] if raw is not None else []
    stretches += [recorded] if recorded is not None else []
    return (max(stretches) + 1) * HOUR if stretches else None


def _put(connection: sqlite3.Connection, table: str, row: int, data: bytes) -> None:
    query = f"INSERT INTO {table} VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET data = excluded.data"  # noqa: S608
    connection.execute(query, (row, data))
