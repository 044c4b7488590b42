"""Sealing: what a stretch held that is over goes to the tables, and the coarser tiers learn of it."""

import sqlite3
from dataclasses import dataclass

from traybeat.store import rows
from traybeat.store.column import Held
from traybeat.store.packing import DamagedError
from traybeat.store.snapshot import HeldSnapshots, Snapshot
from traybeat.store.snapshot import unite as unite_snapshots
from traybeat.store.tier import MINUTE, RAW, TEN_MINUTES, Tier
from traybeat.store.windows import NONE, Windows, merge, sum_up, unite


@dataclass(slots=True)
class Tally:
    """What sealing met with: samples for which there was another at the same time, and rows that can't be read."""

    duplicates: int = 0
    damaged: int = 0


def summaries(raw: Windows) -> dict[Tier, Windows]:
    """Sum up samples for each of the coarser tiers."""
    minutes = sum_up(raw, MINUTE.window, MINUTE.window)
    return {MINUTE: minutes, TEN_MINUTES: sum_up(minutes, TEN_MINUTES.window, TEN_MINUTES.window // MINUTE.window)}


def seal(connection: sqlite3.Connection, held: Held, tally: Tally) -> None:
    """Write a column's samples, together with what the tables have of its stretch already."""
    scale, series = held.entry.scale, held.entry.id
    content = held.windows()
    known = _known(connection, RAW, held.stretch, series, tally)
    united, new = unite(known, content, scale)
    tally.duplicates += len(held) - len(content) + _others(known, content)
    if not new.starts:
        return
    rows.put_windows(connection, RAW, held.stretch, series, united)
    for tier, added in summaries(new).items():
        stretch = tier.number(held.stretch * RAW.stretch)
        before = _known(connection, tier, stretch, series, tally)
        rows.put_windows(connection, tier, stretch, series, merge(before, added, scale))


def seal_film(connection: sqlite3.Connection, stretch: int, held: HeldSnapshots, tally: Tally) -> None:
    """Write the snapshots of a stretch, together with those that the table has already."""
    new = held.snapshots()
    if not new:
        return
    known: list[Snapshot] = []
    try:
        known = rows.snapshots(connection, stretch)
    except DamagedError:
        tally.damaged += 1
    rows.put_snapshots(connection, stretch, unite_snapshots(known, new))


def _known(connection: sqlite3.Connection, tier: Tier, stretch: int, series: int, tally: Tally) -> Windows:
    try:
        return rows.windows(connection, tier, stretch, series)
    except DamagedError:
        tally.damaged += 1
        return NONE


def _others(known: Windows, content: Windows) -> int:
    """Count the samples in whose place another stays; the same sample, met again after a crash, is no loss."""
    if not known.starts or known.whole != content.whole:
        return 0
    values = dict(zip(known.starts, known.sums, strict=True))
    return sum(values.get(time, value) != value for time, value in zip(content.starts, content.sums, strict=True))
