import zlib
from array import array
from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traybeat.store import journal
from traybeat.store.journal import Addition, Record
from traybeat.store.packing import DamagedError, pack, squeeze, varint
from traybeat.store.tier import RAW

TIMES = st.lists(st.integers(0, RAW.stretch - 1), min_size=1, max_size=6)


@st.composite
def additions(draw: st.DrawFn) -> list[Addition]:
    shared = draw(st.lists(TIMES, min_size=1, max_size=2))
    found = []
    for series in draw(st.sets(st.integers(1, (1 << 24) - 1), max_size=8)):
        times = array("H", draw(st.sampled_from(shared)))
        whole = draw(st.booleans())
        number = st.integers(-(1 << 50), 1 << 50) if whole else st.floats(allow_nan=False)
        numbers = draw(st.lists(number, min_size=len(times), max_size=len(times)))
        found.append(Addition(series, (), times, numbers, whole))
    return found


def plain(addition: Addition) -> tuple[int, tuple[bytes, ...], list[int], list[float], bool]:
    return (*addition[:2], list(addition.times), list(addition.numbers), addition.whole)


def by_series(found: Sequence[Addition]) -> list[tuple[int, tuple[bytes, ...], list[int], list[float], bool]]:
    return sorted(map(plain, found))


@given(additions(), st.lists(st.binary(max_size=20), max_size=3))
def test_a_row_comes_back_as_it_was(given_: list[Addition], films: list[bytes]) -> None:
    back = journal.decode(journal.encode(Record(given_, films)))
    assert by_series(back.additions) == by_series(given_)
    assert list(back.films) == films


def test_pieces_come_back_beside_the_samples() -> None:
    given_ = Addition(7, (b"one", b"two"), array("H", [5]), [1.5], whole=False)
    back = journal.decode(journal.encode(Record([given_], ())))
    assert [plain(one) for one in back.additions] == [
        (7, (), [5], [1.5], False),
        (7, (b"one",), [], [], True),
        (7, (b"two",), [], [], True),
    ]


def test_series_of_one_collector_share_their_times() -> None:
    times = array("H", [17, 36, 58, 77, 95])
    one = len(journal.encode(Record([Addition(1, (), times, [1] * 5, whole=True)], ())))
    hundred = [Addition(series, (), times, [1] * 5, whole=True) for series in range(1, 101)]
    assert len(journal.encode(Record(hundred, ()))) < one + 10


@given(st.binary(max_size=100))
def test_any_content_is_read_or_refused(data: bytes) -> None:
    with suppress(DamagedError):
        journal.decode(zlib.compress(data))


def test_times_beyond_the_stretch_are_refused() -> None:
    with pytest.raises(DamagedError, match="beyond"):
        journal.decode(squeeze((varint(1), varint(1 << 1 | 1), *pack([RAW.stretch]))))
