import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traybeat.store import chunk
from traybeat.store.packing import DamagedError
from traybeat.store.tier import MINUTE, RAW, TEN_MINUTES, Tier
from traybeat.store.windows import Windows, samples, sum_up

STRETCH = 472_222
VALUES = st.one_of(
    st.lists(st.integers(-(1 << 50), 1 << 50), min_size=1, max_size=40),
    st.lists(st.integers(0, 10_000), min_size=1, max_size=40),
)
FLOATS = st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=40)
TIMES = st.sets(st.integers(0, RAW.stretch - 1), min_size=40, max_size=40)


def content(windows: Windows) -> list[list[float]]:
    columns = (windows.starts, windows.counts, windows.minima, windows.maxima, windows.sums)
    return [list(column) for column in columns]


def there_and_back(windows: Windows, tier: Tier) -> Windows:
    back = chunk.decode(chunk.encode(windows, tier), tier, windows.starts[0] // tier.stretch)
    assert content(back) == content(windows)
    assert (back.whole, back.raw) == (windows.whole, windows.raw)
    return back


@given(TIMES, st.one_of(VALUES, FLOATS))
def test_what_is_read_is_what_was_written(times: set[int], values: list[float]) -> None:
    starts = [STRETCH * RAW.stretch + time for time in sorted(times)[: len(values)]]
    raw = samples(starts, values, whole=all(isinstance(value, int) for value in values))
    there_and_back(raw, RAW)
    minutes = sum_up(raw, MINUTE.window, MINUTE.window)
    if not raw.whole or max(map(abs, minutes.sums)) < 1 << 63:
        there_and_back(minutes, MINUTE)
        there_and_back(sum_up(minutes, TEN_MINUTES.window, 10), TEN_MINUTES)


def test_the_sums_of_the_largest_numbers_fit() -> None:
    base = STRETCH * RAW.stretch // TEN_MINUTES.stretch * TEN_MINUTES.stretch
    most = samples(range(base, base + TEN_MINUTES.window), [(1 << 50) - 1] * TEN_MINUTES.window, whole=True)
    there_and_back(sum_up(most, TEN_MINUTES.window, TEN_MINUTES.window), TEN_MINUTES)


def test_a_regular_series_takes_hardly_anything() -> None:
    calm = samples(range(0, RAW.stretch, 20), [4_000_000_000] * 1800, whole=True)
    assert len(chunk.encode(calm, RAW)) < 60


@pytest.mark.parametrize("size", [0, 1, 5, -1])
def test_what_is_cut_is_refused(size: int) -> None:
    data = chunk.encode(samples(range(100), list(range(0, 1000, 10)), whole=True), RAW)
    with pytest.raises(DamagedError):
        chunk.decode(data[:size], RAW, 0)


@given(st.binary(max_size=100))
def test_any_content_is_read_or_refused(data: bytes) -> None:
    for tier in (RAW, MINUTE):
        with suppress(DamagedError):
            chunk.decode(zlib.compress(data), tier, STRETCH)


def test_more_windows_than_a_stretch_has_are_refused() -> None:
    data = chunk.encode(samples(range(200), [1] * 200, whole=True), RAW)
    with pytest.raises(DamagedError):
        chunk.decode(data, TEN_MINUTES, 0)


def test_the_bytes_are_those_of_older_versions_and_other_machines() -> None:
    data = chunk.encode(samples([10, 30, 51], [100, 250, 90], whole=True), RAW)
    assert zlib.decompress(data).hex() == "020301140100142901b4010a011000"
    minutes = chunk.encode(sum_up(samples([10, 30, 51], [100, 250, 90], whole=True), 600, 600), MINUTE)
    assert zlib.decompress(minutes).hex() == "03010000000600b40100f40300f006"
