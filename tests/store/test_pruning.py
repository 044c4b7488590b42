import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from histories import DAY, HOUR, START
from traybeat.model.settings import History as Options
from traybeat.store import rows, schema
from traybeat.store.pruning import bounds, prune
from traybeat.store.tier import MINUTE, RAW, TEN_MINUTES
from traybeat.store.windows import Windows

NOW = START + 40 * DAY + 1234.5


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as found:
        schema.migrate(found)
        yield found


def fill(connection: sqlite3.Connection, table: str, seconds: int) -> None:
    """Put one row for each stretch of so many seconds into a table, up to now."""
    for stretch in range(START // seconds, int(NOW) // seconds + 1):
        row = stretch if table == "processes" else stretch << 24 | 7
        connection.execute(f"INSERT INTO {table} VALUES (?, x'00')", (row,))  # noqa: S608


def oldest(connection: sqlite3.Connection, table: str, seconds: int) -> int:
    """Give the start of the oldest stretch that is left."""
    (row,) = connection.execute(f"SELECT min(id) FROM {table}").fetchone()  # noqa: S608
    return int((row if table == "processes" else row >> 24) * seconds)


def test_bounds_are_starts_of_stretches_and_keep_what_is_wanted_whole() -> None:
    found = bounds(Options(), NOW)
    for table, kept, stretch in (
        (RAW.table, DAY, HOUR),
        (MINUTE.table, 7 * DAY, 6 * HOUR),
        ("processes", 7 * DAY, HOUR),
        (TEN_MINUTES.table, 30 * DAY, DAY),
    ):
        assert found[table] % stretch == 0
        assert NOW - kept - stretch < found[table] <= NOW - kept


def test_what_is_older_goes_a_little_at_a_time_and_readers_know_at_once(connection: sqlite3.Connection) -> None:
    wanted = bounds(Options(), NOW)
    fill(connection, "raw", HOUR)
    fill(connection, "processes", HOUR)
    gone = [prune(connection, wanted, None)]
    assert rows.kept(connection) == wanted
    while gone[-1]:
        gone.append(prune(connection, wanted, None))
    assert len(gone) > 2
    assert oldest(connection, "raw", HOUR) == wanted["raw"]
    assert oldest(connection, "processes", HOUR) == wanted["processes"]


def test_a_longer_time_to_keep_brings_nothing_back(connection: sqlite3.Connection) -> None:
    short, long = bounds(Options(), NOW), bounds(Options(raw_hours=100), NOW)
    prune(connection, short, None)
    prune(connection, long, None)
    assert rows.kept(connection) == short


def test_the_ten_minutes_of_each_series_go_up_to_the_bound(connection: sqlite3.Connection) -> None:
    wanted = bounds(Options(), NOW)
    days = range(START // DAY, int(NOW) // DAY + 1)
    for series in (1, 2, 300):
        names = (series, f"metric_{series}", "{}", 1.0, "", "", START, NOW)
        connection.execute("INSERT INTO series VALUES (?, ?, ?, ?, ?, ?, ?, ?)", names)
        for day in days:
            rows.put_windows(
                connection, TEN_MINUTES, day, series, Windows((day * TEN_MINUTES.stretch,), (1,), (1,), (1,), (1,))
            )
    while prune(connection, wanted, None):
        pass
    left = [day for day in days if day * DAY >= wanted[TEN_MINUTES.table]]
    assert 0 < len(left) < len(days)
    for series in (1, 2, 300):
        found = rows.span(connection, TEN_MINUTES, range(days.start, days.stop), series)
        assert [day for day, _ in found] == left


def test_raw_rows_stay_while_there_is_more_to_come_for_their_hour(connection: sqlite3.Connection) -> None:
    fill(connection, "raw", HOUR)
    fill(connection, "minute", 6 * HOUR)
    wanted = bounds(Options(), NOW)
    held = START + 38 * DAY
    while prune(connection, wanted, held):
        pass
    assert oldest(connection, "raw", HOUR) == held
    assert oldest(connection, "minute", 6 * HOUR) == wanted["minute"]
    assert rows.kept(connection)["raw"] == wanted["raw"]
