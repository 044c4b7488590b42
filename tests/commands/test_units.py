import pytest

from traybeat.commands import units


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0 B"), (1023, "1023 B"), (1024, "1 KiB"), (5.2 * 2**30, "5.2 GiB"), (31.2 * 2**30, "31.2 GiB"),
     (238 * 2**30, "238 GiB"), (1023.7 * 2**20, "1 GiB"), (None, "--"), (2.0**90, "1073741824 EiB")],
)  # fmt: skip
def test_sizes_are_binary_with_two_or_three_digits(value: float | None, text: str) -> None:
    assert units.size(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0 B/s"), (999, "999 B/s"), (4.6e6, "4.6 MB/s"), (123_456, "123 kB/s"), (None, "--")]
)
def test_flows_are_decimal(value: float | None, text: str) -> None:
    assert units.flow(value) == text


def test_a_part_and_its_whole_share_a_unit() -> None:
    assert units.part(61 * 2**30, 238 * 2**30) == "61 of 238 GiB"
    assert units.part(28.4 * 2**30, 31.2 * 2**30) == "28.4 of 31.2 GiB"
    assert units.part(None, 1) == "--"


@pytest.mark.parametrize(
    ("ratio", "text"), [(0, "0 %"), (0.0123, "1.2 %"), (0.0999, "10 %"), (0.234, "23 %"), (1, "100 %"), (None, "--")]
)
def test_percentages_have_two_digits_where_they_are_small(ratio: float | None, text: str) -> None:
    assert units.percent(ratio) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-1, "0 s"), (59, "59 s"), (60, "1 min"), (7980, "2 h 13 min"), (6 * 86400 + 4 * 3600, "6 d 4 h"), (None, "--")],
)
def test_a_length_of_time_has_its_two_largest_units(seconds: float | None, text: str) -> None:
    assert units.span(seconds) == text
