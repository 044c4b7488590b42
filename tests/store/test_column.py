import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traybeat.store.column import Column
from traybeat.store.packing import DamagedError
from traybeat.store.series import Entry
from traybeat.store.tier import RAW

STRETCH = 400_000
BASE = STRETCH * RAW.stretch
SAMPLES = st.lists(
    st.tuples(
        st.integers(0, RAW.stretch - 1),
        st.one_of(
            st.integers(-10_000, 10_000).map(lambda n: n / 100),
            st.sampled_from([3e9, -4e12, 1e17, -1e300]),
        ),
        st.booleans(),
    )
)


def column() -> Column:
    return Column(Entry(("m", (), 0.01), (), "", ""), STRETCH)


def content(one: Column) -> list[tuple[int, float]]:
    found = one.held().windows()
    values = one.entry.scale.values(found.sums) if found.whole else found.sums
    return list(zip(found.starts, values, strict=True))


def first_of_each(pairs: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    return sorted((BASE + time, value) for time, value in dict(reversed(pairs)).items())


def pack(one: Column) -> None:
    held = one.held()
    one.replace(held, held.piece())


@given(SAMPLES)
def test_what_is_held_is_what_was_added_however_it_was_packed(given_: list[tuple[int, float, bool]]) -> None:
    one = column()
    for time, value, then_pack in given_:
        assert one.append(time, value)
        if then_pack:
            pack(one)
    assert content(one) == first_of_each([(time, value) for time, value, _ in given_])
    assert len(one) == len(given_)


@given(SAMPLES, SAMPLES)
def test_what_came_since_stays_when_the_rest_is_let_go(
    first: list[tuple[int, float, bool]], then: list[tuple[int, float, bool]]
) -> None:
    one = column()
    for time, value, then_pack in first:
        one.append(time, value)
        if then_pack:
            pack(one)
    held = one.held()
    for time, value, _ in then:
        one.append(time, value)
    one.forget(held)
    assert content(one) == first_of_each([(time, value) for time, value, _ in then])
    assert len(one) == len(then)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_refused(value: float) -> None:
    one = column()
    assert not one.append(1, value)
    one.append(2, 1e300)
    assert not one.append(3, value)
    assert content(one) == [(BASE + 2, 1e300)]


def test_the_journal_gets_each_sample_once() -> None:
    one = column()
    assert one.unsaved() is None
    one.append(1, 0.5)
    one.append(2, 0.6)
    unsaved = one.unsaved()
    assert unsaved is not None
    assert (list(unsaved.times), list(unsaved.numbers), unsaved.whole) == ([1, 2], [50, 60], True)
    one.saved(0, 2)
    assert one.unsaved() is None
    one.append(3, 0.7)
    unsaved = one.unsaved()
    assert unsaved is not None
    assert list(unsaved.times) == [3]


def test_what_the_journal_has_is_not_written_to_it_again_as_a_piece() -> None:
    one = column()
    one.append(1, 0.5)
    one.saved(0, 1)
    pack(one)
    assert one.unsaved() is None


def test_a_piece_that_the_journal_has_not_goes_there_whole() -> None:
    one, other = column(), column()
    one.append(1, 0.5)
    one.saved(0, 1)
    one.append(2, 0.6)
    pack(one)
    one.append(3, 1e300)
    unsaved = one.unsaved()
    assert unsaved is not None
    other.extend(unsaved.pieces, unsaved.times, unsaved.numbers, whole=unsaved.whole)
    assert content(other) == content(one)
    assert len(other) == 3
    assert other.unsaved() is None


def test_what_a_journal_had_joins_what_came_before_it_was_read() -> None:
    one = column()
    one.append(20, 0.5)
    one.extend((), [1, 2], [1e18, 2e18], whole=False)
    one.extend((), [3], [7], whole=True)
    assert content(one) == [(BASE + 1, 1e18), (BASE + 2, 2e18), (BASE + 3, 0.07), (BASE + 20, 0.5)]
    unsaved = one.unsaved()
    assert unsaved is not None
    assert list(unsaved.times) == [20, 1, 2, 3]


@pytest.mark.parametrize(("times", "numbers"), [([70_000], [1]), ([1], [1 << 70])])
def test_a_journal_that_makes_no_sense_changes_nothing(times: list[int], numbers: list[int]) -> None:
    one = column()
    one.append(20, 0.5)
    with pytest.raises(DamagedError):
        one.extend((), times, numbers, whole=True)
    with pytest.raises(DamagedError):
        one.extend((b"x",), [], [], whole=True)
    assert content(one) == [(BASE + 20, 0.5)]


def test_a_series_spans_the_stretches_it_was_seen_in() -> None:
    entry = column().entry
    assert (entry.first, entry.last) == (STRETCH, STRETCH)
    Column(entry, STRETCH + 2)
    Column(entry, STRETCH - 1)
    assert (entry.first, entry.last) == (STRETCH - 1, STRETCH + 2)
