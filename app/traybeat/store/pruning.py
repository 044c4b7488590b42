"""Pruning: what is older than the settings want goes, a little at a time."""

import sqlite3
from collections.abc import Mapping

from traybeat.model.settings import History
from traybeat.store import rows
from traybeat.store.rows import HOUR, PROCESSES
from traybeat.store.tier import MINUTE, RAW, TEN_MINUTES, TICKS

_AT_ONCE = 400
_HOUR_SECONDS, _DAY_SECONDS = 3600, 86400
_STRETCH_SECONDS = {tier.table: tier.stretch // TICKS for tier in (RAW, MINUTE, TEN_MINUTES)} | {PROCESSES: HOUR}


def bounds(settings: History, now: float) -> dict[str, int]:
    """Give since when each table shall be kept, in Unix seconds: the starts of stretches."""
    keep = {
        RAW.table: settings.raw_hours * _HOUR_SECONDS,
        MINUTE.table: settings.minute_days * _DAY_SECONDS,
        PROCESSES: settings.minute_days * _DAY_SECONDS,
        TEN_MINUTES.table: settings.ten_minute_days * _DAY_SECONDS,
    }
    return {
        table: max(int((now - kept) // _STRETCH_SECONDS[table]), 0) * _STRETCH_SECONDS[table]
        for table, kept in keep.items()
    }


def prune(connection: sqlite3.Connection, wanted: Mapping[str, int], oldest_open: int | None) -> int:
    """Move the bounds on and delete some of what lies before them; give how many rows went.

    Raw rows stay as long as the head has something of their stretch, in Unix seconds from `oldest_open` on: only they
    tell what of it has been summed up.
    """
    since, gone = rows.kept(connection), 0
    for table, bound in wanted.items():
        if bound > since.get(table, 0):
            rows.put_kept(connection, table, bound)
        deleted = max(bound, since.get(table, 0))
        if table == RAW.table and oldest_open is not None:
            deleted = min(deleted, oldest_open)
        gone += rows.prune(connection, table, deleted // _STRETCH_SECONDS[table], _AT_ONCE)
    return gone
