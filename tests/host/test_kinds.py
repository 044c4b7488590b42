from collections.abc import Mapping
from typing import Any, Literal

import pytest

from traybeat.host.document import value_of
from traybeat.host.kinds import Mismatch, kind_of
from traybeat.host.scalars import Plain
from traybeat.model.settings import Range, SecretRef

PORT = Range(1, 65535)
Words = Literal["starttls", "tls", "none"]


def wrong(annotation: Any, value: Plain, bounds: Range | None = None) -> list[Mismatch]:
    return list(kind_of(annotation, bounds).mismatches(value))


def taken(annotation: Any, value: Plain) -> Any:
    assert wrong(annotation, value) == []
    return kind_of(annotation).convert(value)


@pytest.mark.parametrize(
    ("annotation", "value", "held"),
    [
        (bool, False, False),
        (int, 9100, 9100),
        (float, 2, 2.0),
        (float, 0.5, 0.5),
        (str, "", ""),
        (str | None, "x", "x"),
        (None | int, 3, 3),
        (Words, "tls", "tls"),
        (SecretRef | None, {"secret": "smtp-password"}, SecretRef("smtp-password")),
        (tuple[str, ...], ["a", "b"], ("a", "b")),
        (tuple[SecretRef, ...], [{"secret": "a"}], (SecretRef("a"),)),
        (Mapping[str, str], {"X-Token": "a"}, {"X-Token": "a"}),
        (Mapping[str, SecretRef], {"X-Token": {"secret": "a"}}, {"X-Token": SecretRef("a")}),
    ],
)
def test_each_type_takes_its_values(annotation: Any, value: Plain, held: object) -> None:
    found = taken(annotation, value)
    assert (found, type(found)) == (held, type(held))


@pytest.mark.parametrize(
    ("annotation", "value", "expected"),
    [
        (bool, 1, "true or false"),
        (bool, "yes", "true or false"),
        (int, True, "a whole number"),
        (int, 2.0, "a whole number"),
        (int, "1", "a whole number"),
        (float, False, "a number"),
        (float, float("inf"), "a number"),
        (float, float("nan"), "a number"),
        (str, 12, "text, in quotes"),
        (str, ["a"], "text"),
        (str, "a\0b", "text"),
        (str, "\ud800", "text"),
        (Words, "ssl", "starttls, tls or none"),
        (Words, True, "starttls, tls or none, in quotes"),
        (Words, ["tls"], "starttls, tls or none"),
        (tuple[str, ...], "a", "a list of texts"),
        (tuple[int, ...], {}, "a list of whole numbers"),
        (Mapping[str, str], ["a"], "texts by name"),
    ],
)
def test_each_type_says_what_it_expects(annotation: Any, value: Plain, expected: str) -> None:
    (mismatch,) = wrong(annotation, value)
    assert (mismatch.path, mismatch.expected) == ((), expected)


@pytest.mark.parametrize("value", [0, 65536, -1, 10**60])
def test_bounds_hold_and_are_told(value: int) -> None:
    (mismatch,) = wrong(int, value, PORT)
    assert mismatch.expected == "a whole number from 1 to 65535"
    assert wrong(int, 1, PORT) == wrong(int, 65535, PORT) == []


def test_a_numbers_bounds_are_told_without_needless_digits() -> None:
    (mismatch,) = wrong(float, 0.1, Range(0.5, 3600))
    assert mismatch.expected == "a number from 0.5 to 3600"


def test_every_wrong_item_is_told_by_its_index() -> None:
    assert wrong(tuple[str, ...], ["a", 1, None]) == [
        Mismatch((1,), "1", "text, in quotes"),
        Mismatch((2,), "nothing", "text"),
    ]


def test_every_wrong_pair_is_told_by_its_key() -> None:
    assert wrong(Mapping[str, str], {"a": "b", "c": ["d"]}) == [Mismatch(("c",), "a list", "text")]


def test_text_may_hold_several_lines() -> None:
    assert taken(str, "a\n\tb\r\n") == "a\n\tb\r\n"


SECRETS: list[Plain] = [
    "hunter2",
    {"secret": ["hunter2"]},
    {"hunter2": None},
    {"secret": "x", "hunter2": 1},
    {"secret": ""},
    {"secret": "hunter2\n"},
    {"secret": "hunter2" * 100},
    ["hunter2"],
    {},
]


@pytest.mark.parametrize("value", SECRETS)
@pytest.mark.parametrize("annotation", [SecretRef, tuple[SecretRef, ...], Mapping[str, SecretRef]])
def test_what_stands_in_a_secrets_place_is_never_shown(annotation: Any, value: Plain) -> None:
    for one in (value, [value], {"key": value}):
        mismatches = wrong(annotation, one)
        assert all("hunter2" not in mismatch.found + mismatch.expected for mismatch in mismatches)


@pytest.mark.parametrize("value", SECRETS)
def test_only_a_name_is_taken_for_a_secret(value: Plain) -> None:
    (mismatch,) = wrong(SecretRef, value)
    assert mismatch.expected.startswith("{secret: NAME}")


def test_a_name_left_empty_is_no_secret() -> None:
    assert kind_of(SecretRef).empty({"secret": None})
    assert not kind_of(SecretRef).empty({"secret": "x"})


@pytest.mark.parametrize(
    ("annotation", "text", "value"),
    [
        (bool, " true ", True),
        (int, "9105", 9105),
        (float, "0.5", 0.5),
        (str, "9105", "9105"),
        (str, " true", " true"),
        (Words, "none", "none"),
        (tuple[str, ...], '["a", "b"]', ["a", "b"]),
        (tuple[str, ...], r'["\/", "\ud83d\ude00"]', ["/", "\N{GRINNING FACE}"]),
        (tuple[str, ...], "[a, b]", ["a", "b"]),
        (Mapping[str, str], '{"a": "b"}', {"a": "b"}),
        (SecretRef, "{secret: x}", {"secret": "x"}),
        (SecretRef, '{"secret": "x"}', {"secret": "x"}),
    ],
)
def test_the_environments_text_is_understood_by_type(annotation: Any, text: str, value: Plain) -> None:
    assert kind_of(annotation).parse(text) == value


@pytest.mark.parametrize("text", ["a, b", "[", "x", "1", "[" * 100_000, '"a"'])
def test_text_that_is_neither_list_nor_mapping_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        kind_of(tuple[str, ...]).parse(text)


@pytest.mark.parametrize(
    ("annotation", "value", "text"),
    [
        (bool, True, "true"),
        (float, 2.0, "2"),
        (float, 0.5, "0.5"),
        (str | None, None, ""),
        (str, "127.0.0.1", "127.0.0.1"),
        (str, "{value} on {host}", '"{value} on {host}"'),
        (tuple[str, ...], (), "[]"),
        (tuple[str, ...], ("a", "::1"), '[a, "::1"]'),
        (Mapping[str, str], {"X-A": "1"}, '{X-A: "1"}'),
        (SecretRef | None, SecretRef("smtp-password"), "{secret: smtp-password}"),
        (SecretRef | None, None, ""),
    ],
)
def test_a_value_is_written_as_yaml_that_reads_back(annotation: Any, value: Any, text: str) -> None:
    kind = kind_of(annotation)
    assert kind.write(value) == text
    if value is not None:
        assert kind.convert(value_of(text)) == value


@pytest.mark.parametrize("annotation", [bytes, tuple[str, int], list[str], Mapping[int, str], int | str])
def test_a_type_that_no_setting_can_have_is_refused(annotation: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        kind_of(annotation)
