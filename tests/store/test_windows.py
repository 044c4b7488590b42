import math
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from traybeat.store.scale import Scale
from traybeat.store.windows import NONE, Windows, chain, loosen, merge, samples, sum_up, tidy, unite

SCALE = Scale(0.01)
PAIRS = st.lists(st.tuples(st.integers(0, 5000), st.integers(-1000, 1000)), unique_by=lambda pair: pair[0])


def raw(pairs: Sequence[tuple[int, float]], *, whole: bool = True) -> Windows:
    ordered = sorted(pairs)
    return samples([time for time, _ in ordered], [value for _, value in ordered], whole=whole)


def rows(windows: Windows) -> list[tuple[float, ...]]:
    columns = (windows.starts, windows.counts, windows.minima, windows.maxima, windows.sums)
    return list(zip(*columns, strict=True))


def expected(pairs: Sequence[tuple[int, float]], step: int) -> list[tuple[float, ...]]:
    found: dict[int, list[float]] = {}
    for time, value in pairs:
        found.setdefault(time // step * step, []).append(value)
    return [(start, len(v), min(v), max(v), math.fsum(v)) for start, v in sorted(found.items())]


@given(PAIRS, st.sampled_from([1, 7, 600, 10_000]))
def test_windows_sum_up_their_samples(pairs: list[tuple[int, float]], step: int) -> None:
    assert rows(sum_up(raw(pairs), step, step)) == expected(pairs, step)
    assert rows(sum_up(raw(pairs, whole=False), step, step)) == expected(pairs, step)


@given(PAIRS)
def test_summing_up_in_two_steps_is_summing_up_in_one(pairs: list[tuple[int, float]]) -> None:
    assert rows(sum_up(sum_up(raw(pairs), 60, 60), 600, 10)) == expected(pairs, 600)


@given(st.integers(0, 30), st.lists(st.integers(-1000, 1000), min_size=1, max_size=60), st.integers(2, 7))
def test_windows_without_a_gap_are_cut_where_wider_ones_begin(first: int, values: list[int], most: int) -> None:
    pairs = [((first + n) * 60 + n % 60, value) for n, value in enumerate(values)]
    for whole in (True, False):
        narrow = sum_up(raw(pairs, whole=whole), 60, 60)
        assert rows(sum_up(narrow, 60 * most, most)) == expected(pairs, 60 * most)


def test_windows_at_the_same_time_are_merged_with_one_another_only() -> None:
    one, other = sum_up(raw([(5, 1), (6, 2)]), 1, 1), sum_up(raw([(6, 3)]), 1, 1)
    assert rows(merge(one, other, SCALE)) == expected([(5, 1), (6, 2), (6, 3)], 1)


@given(PAIRS, PAIRS)
def test_merged_windows_sum_up_the_samples_of_both(
    one: list[tuple[int, float]], other: list[tuple[int, float]]
) -> None:
    apart = [(time + 100_000, value) for time, value in other]
    for second in (other, apart):
        merged = merge(sum_up(raw(one), 60, 60), sum_up(raw(second), 60, 60), SCALE)
        assert rows(merged) == expected([*one, *second], 60)


@given(PAIRS, PAIRS)
def test_united_samples_are_all_there_is_and_the_first_stays(
    one: list[tuple[int, float]], other: list[tuple[int, float]]
) -> None:
    united, new = unite(raw(one), raw(other), SCALE)
    assert dict(zip(united.starts, united.sums, strict=True)) == dict(other) | dict(one)
    assert list(united.starts) == sorted(dict(other) | dict(one))
    assert set(new.starts) == set(dict(other)) - set(dict(one))
    assert united.raw


@given(st.lists(st.tuples(st.integers(0, 50), st.integers())))
def test_tidied_samples_are_in_order_and_the_first_of_a_time_stays(pairs: list[tuple[int, int]]) -> None:
    times, values = tidy([time for time, _ in pairs], [value for _, value in pairs])
    first = dict(reversed(pairs))
    assert list(zip(times, values, strict=True)) == sorted(first.items())


def test_a_part_between_times_has_the_windows_that_start_there() -> None:
    windows = raw([(10, 1), (20, 2), (30, 3)])
    assert list(windows.between(10, 30).starts) == [10, 20]
    assert windows.between(0, 100) is windows
    assert windows.between(11, 12).starts in ([], ())
    assert windows.between(20, 40).raw
    assert not sum_up(windows, 10, 10).between(20, 40).raw


def test_values_and_steps_meet_as_values() -> None:
    steps, values = raw([(1, 150)]), raw([(2, 2.5)], whole=False)
    assert rows(chain([steps, values], SCALE)) == [(1, 1, 1.5, 1.5, 1.5), (2, 1, 2.5, 2.5, 2.5)]
    assert rows(merge(values, sum_up(steps, 1, 1), SCALE)) == [(1, 1, 1.5, 1.5, 1.5), (2, 1, 2.5, 2.5, 2.5)]
    united, new = unite(values, steps, SCALE)
    assert (list(united.sums), list(new.sums)) == ([1.5, 2.5], [1.5])
    summary = sum_up(steps, 1, 1)
    assert rows(loosen(summary, SCALE)) == [(1, 1, 1.5, 1.5, 1.5)]
    assert loosen(values, SCALE) is values


def test_nothing_and_something_is_something() -> None:
    something = raw([(1, 1)])
    assert chain([], SCALE) is NONE
    assert chain([NONE, something], SCALE) is something
    assert merge(NONE, something, SCALE) is something
    assert unite(something, NONE, SCALE) == (something, NONE)
