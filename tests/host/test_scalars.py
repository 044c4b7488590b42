import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traybeat.host.document import value_of
from traybeat.host.scalars import LONGEST_SHOWN, Plain, resolve, shown, sort, written


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("FALSE", False),
        ("", None),
        ("~", None),
        ("Null", None),
        ("9100", 9100),
        ("-7", -7),
        ("+12", 12),
        ("0o17", 15),
        ("0xFf", 255),
        ("007", 7),
        ("0.5", 0.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("1e3", 1000.0),
        ("-.inf", -math.inf),
        ("+.INF", math.inf),
    ],
)
def test_scalars_follow_the_core_schema(text: str, value: object) -> None:
    assert (resolve(text), type(resolve(text))) == (value, type(value))


def test_what_is_not_a_number_is_nan() -> None:
    found = resolve(".nan")
    assert isinstance(found, float)
    assert math.isnan(found)


@pytest.mark.parametrize(
    "text", ["yes", "no", "on", "off", "22:00", "2026-01-01", "1_000", "0b1", "nUlL", "127.0.0.1", "1e", ".", "٣"]
)
def test_what_older_yaml_took_for_something_else_stays_text(text: str) -> None:
    assert resolve(text) == text


def test_a_number_of_endless_digits_is_beyond_all_bounds() -> None:
    assert resolve("9" * 200_000) == math.inf


def test_endless_hexadecimal_is_text() -> None:
    assert isinstance(resolve("0x" + "f" * 200_000), str)


PRINTABLE = st.text().filter(str.isprintable)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**60), 10**60)


@given(PRINTABLE | NUMBERS | st.booleans())
def test_what_is_written_reads_back_as_the_same(value: bool | float | str) -> None:
    assert value_of(written(value)) == value
    assert value_of(f"[{written(value)}]") == [value]


def test_none_is_written_as_nothing() -> None:
    assert written(None) == ""


@pytest.mark.parametrize(("value", "text"), [("127.0.0.1", "127.0.0.1"), ("9100", '"9100"'), ("::1", '"::1"')])
def test_quotes_are_used_where_they_are_needed(value: str, text: str) -> None:
    assert written(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "nothing"),
        (True, "true"),
        (99999, "99999"),
        (9105.0, "9105.0"),
        ("yes", '"yes"'),
        (["hosts"], "a list"),
        ({"a": 1}, "a section"),
        ("a\nb\x1b[31m", '"a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}[31m"'),
    ],
)
def test_a_value_is_shown_harmlessly(value: Plain, text: str) -> None:
    assert shown(value) == text


@pytest.mark.parametrize("value", ["x" * 300_000, 10**63])
def test_what_is_shown_is_short(value: Plain) -> None:
    assert len(shown(value)) <= LONGEST_SHOWN + 2


def test_a_sort_does_not_show_the_value() -> None:
    values: list[Plain] = [None, True, 1, 1.0, "hunter2", [], {}]
    sorts = ["nothing", "true or false", "a number", "a number", "a text", "a list", "a section"]
    assert [sort(value) for value in values] == sorts
