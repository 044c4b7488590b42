import pytest

from traybeat.alerts.matcher import fixed, selector
from traybeat.model.selector import WrongSelectorError

HOME = {"mountpoint": "/home", "device": "/dev/sda1"}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("/home", True),
        ("/", False),
        ("~/ho.*", True),
        ("~/ho", False),
        ("!/home", False),
        ("!/", True),
        ("!~/h.*", False),
        ("!~/srv.*", True),
    ],
)
def test_a_condition_equals_matches_or_excludes(condition: str, expected: bool) -> None:
    assert selector({"mountpoint": condition})(HOME) is expected


def test_every_condition_must_hold() -> None:
    assert selector({"mountpoint": "/home", "device": "~/dev/.*"})(HOME)
    assert not selector({"mountpoint": "/home", "device": "tmpfs"})(HOME)


def test_without_conditions_every_series_is_watched() -> None:
    assert selector({})({})


def test_a_label_that_is_missing_is_as_an_empty_one() -> None:
    assert selector({"core": ""})(HOME)
    assert selector({"core": "!0"})(HOME)
    assert not selector({"core": "~.+"})(HOME)


def test_what_is_no_regular_expression_is_refused() -> None:
    with pytest.raises(WrongSelectorError):
        selector({"mountpoint": "~("})


def test_only_plain_conditions_fix_a_label() -> None:
    assert fixed({"a": "x", "b": "~x", "c": "!x", "d": "!~x"}) == {"a": "x"}
