import sqlite3
from array import array
from collections.abc import Iterator
from contextlib import closing
from itertools import accumulate, islice, repeat

import pytest

from traybeat.store import rows, schema
from traybeat.store.journal import Addition, Record

HOUR = 456_000


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as found:
        schema.migrate(found)
        yield found


def record(number: int, samples: int = 2) -> Record:
    """Give a record that tells its number."""
    numbers = list(islice(accumulate(repeat(number), lambda before, _: before * 48_271 % 2_147_483_647), samples))
    return Record([Addition(number, (), array("H", range(samples)), numbers, whole=True)], ())


def numbers(connection: sqlite3.Connection) -> list[tuple[int, int]]:
    """Give the stretch and number of each record in the journal, in order."""
    return [(stretch, one.additions[0].series) for stretch, one in rows.records(connection) if one is not None]


def pages(connection: sqlite3.Connection) -> tuple[int, int]:
    """Count the pages of the database, and those that lie idle in it."""
    return tuple(connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count"))


def test_the_journal_of_an_hour_that_is_over_makes_room_in_place_for_the_next(connection: sqlite3.Connection) -> None:
    for number in range(1, 101):
        rows.put_record(connection, HOUR, record(number))
    before = pages(connection)
    for hour in range(HOUR, HOUR + 5):
        rows.drop_records(connection, hour)
        assert numbers(connection) == []
        for number in range(1, 101):
            rows.put_record(connection, hour + 1, record(number))
        assert numbers(connection) == [(hour + 1, number) for number in range(1, 101)]
        assert pages(connection) == before


def test_records_keep_their_order_where_two_hours_are_open_at_once(connection: sqlite3.Connection) -> None:
    for number in range(1, 9):
        rows.put_record(connection, HOUR + number // 5, record(number))
    rows.drop_records(connection, HOUR)
    for number in range(9, 17):
        rows.put_record(connection, HOUR + 1, record(number))
    assert numbers(connection) == [(HOUR + 1, number) for number in range(5, 17)]


def test_a_long_record_is_read_as_written_from_a_short_one_s_place_and_does_not_keep_its_own(
    connection: sqlite3.Connection,
) -> None:
    rows.put_record(connection, HOUR, record(1))
    rows.drop_records(connection, HOUR)
    rows.put_record(connection, HOUR + 1, record(2, 6_000))
    ((stretch, found),) = rows.records(connection)
    assert found is not None
    assert (stretch, list(found.additions[0].numbers)) == (HOUR + 1, list(record(2, 6_000).additions[0].numbers))
    rows.drop_records(connection, HOUR + 1)
    assert connection.execute("SELECT count(*) FROM journal").fetchone() == (0,)


def test_records_beyond_those_of_an_hour_give_their_room_back(connection: sqlite3.Connection) -> None:
    for number in range(1, 700):
        rows.put_record(connection, HOUR, record(number))
    rows.drop_records(connection, HOUR)
    assert connection.execute("SELECT count(*) FROM journal").fetchone() == (512,)


def test_what_the_journal_had_of_an_hour_that_is_over_is_not_the_newest(connection: sqlite3.Connection) -> None:
    rows.put_record(connection, HOUR, record(1))
    assert rows.newest(connection) == (HOUR + 1) * rows.HOUR
    rows.drop_records(connection, HOUR)
    assert rows.newest(connection) is None
