import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traybeat.store.packing import DamagedError, Parts, Unpacker, pack, pack_floats, squeeze, varint

SIGNED = st.integers(-(1 << 63), (1 << 63) - 1)
NUMBERS = st.one_of(
    st.lists(SIGNED, max_size=50),
    st.lists(st.integers(-300, 300), max_size=300),
    st.lists(st.integers(0, 3), max_size=300),
    st.builds(lambda first, step, length: [first + step * n for n in range(length)],
              st.integers(-(1 << 40), 1 << 40), st.integers(-1000, 1000), st.integers(0, 200)),
)  # fmt: skip


def unpacker(*parts: bytes) -> Unpacker:
    return Unpacker(squeeze(parts), 1 << 20)


def plain(parts: Parts) -> str:
    return b"".join(parts).hex()


@given(NUMBERS)
def test_whole_numbers_come_back_as_they_were(numbers: list[int]) -> None:
    assert list(unpacker(*pack(numbers)).numbers(len(numbers))) == numbers


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False)))
def test_floats_come_back_to_the_last_bit(numbers: list[float]) -> None:
    assert [n.hex() for n in unpacker(*pack_floats(numbers)).floats(len(numbers))] == [n.hex() for n in numbers]


@given(st.lists(st.tuples(NUMBERS, st.lists(st.floats(allow_nan=False))), max_size=4))
def test_columns_lie_one_behind_the_other(columns: list[tuple[list[int], list[float]]]) -> None:
    reader = unpacker(*(part for whole, floats in columns for part in pack(whole) + pack_floats(floats)))
    for whole, floats in columns:
        assert list(reader.numbers(len(whole))) == whole
        assert list(reader.floats(len(floats))) == floats


@given(st.lists(st.integers(0, (1 << 70) - 1)))
def test_lengths_come_back_as_they_were(numbers: list[int]) -> None:
    reader = unpacker(*map(varint, numbers))
    assert [reader.varint() for _ in numbers] == numbers


def test_regular_steps_and_what_stands_still_take_a_few_bytes() -> None:
    assert len(plain(pack(range(0, 36_000, 20)))) / 2 < 6
    assert len(plain(pack([12_345_678] * 1800))) / 2 < 8
    assert len(squeeze(pack([4096 * (n % 7) for n in range(1800)]))) < 60


def test_one_odd_value_does_not_make_all_the_others_dear() -> None:
    calm = [100 + n % 3 for n in range(1800)]
    assert len(squeeze(pack([*calm[:900], 1 << 45, *calm[900:]]))) < len(squeeze(pack(calm))) + 100


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for read in ("numbers", "floats"):
        with suppress(DamagedError):
            assert len(getattr(unpacker(data), read)(10)) == 10


@given(st.lists(st.integers(-1000, 1000), min_size=1), st.data())
def test_a_cut_is_noticed(numbers: list[int], data: st.DataObject) -> None:
    whole = squeeze(pack(numbers))
    with pytest.raises(DamagedError):
        Unpacker(whole[: data.draw(st.integers(0, len(whole) - 1))], 1 << 20)


@given(st.lists(st.integers(-1000, 1000), min_size=1), st.data())
def test_a_flipped_bit_is_noticed(numbers: list[int], data: st.DataObject) -> None:
    whole = squeeze(pack(numbers))
    bit = data.draw(st.integers(16, 8 * len(whole) - 1))  # the two bytes before hold no content
    damaged = bytearray(whole)
    damaged[bit // 8] ^= 1 << bit % 8
    with suppress(DamagedError):
        assert list(Unpacker(bytes(damaged), 1 << 20).numbers(len(numbers))) == numbers


def test_what_would_grow_without_end_is_refused() -> None:
    with pytest.raises(DamagedError):
        Unpacker(zlib.compress(bytes(10_000_000)), 1_000_000)
    with pytest.raises(DamagedError):
        unpacker(*pack([7] * 5)).numbers(1 << 40)
    with pytest.raises(DamagedError):
        unpacker(b"\xff" * 30).varint()


def test_the_bytes_are_those_of_older_versions_and_other_machines() -> None:
    assert plain(pack([1, 70_000, 9, 4, 300])) == "030201006f08032b00110000010001000000"
    assert plain(pack([1000 + n * n for n in range(20)])) == "11d00f02" + "02" + bytes(range(19)).hex()
    assert plain(pack([1000, 3000, 1000])) == "01d00f" + "d00f" + "000100"
    assert plain(pack_floats([1.5])) == "28000000000000f83f"
