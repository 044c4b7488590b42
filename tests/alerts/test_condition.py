import pytest

from traybeat.alerts.condition import lingers, met, worse
from traybeat.model.alert import Operator, Rule


@pytest.mark.parametrize(
    ("operator", "below", "at", "above"),
    [
        (">", False, False, True),
        (">=", False, True, True),
        ("<", True, False, False),
        ("<=", True, True, False),
        ("==", False, True, False),
        ("!=", True, False, True),
    ],
)
def test_every_operator_compares_with_the_threshold(operator: Operator, below: bool, at: bool, above: bool) -> None:
    rule = Rule("r", "m", operator=operator, threshold=0.5)
    assert [met(rule, value) for value in (0.4, 0.5, 0.6)] == [below, at, above]


def test_an_absence_is_met_by_no_value_and_by_nothing_else() -> None:
    rule = Rule("r", "m", absent=True)
    assert met(rule, None)
    assert not met(rule, 0.0)


def test_no_value_meets_no_other_rule() -> None:
    assert not met(Rule("r", "m", operator="<", threshold=1), None)


def test_a_clear_threshold_keeps_an_alert_going_between_the_two() -> None:
    rule = Rule("r", "m", threshold=0.9, clear_threshold=0.8)
    assert [lingers(rule, value) for value in (0.79, 0.8, 0.81, 0.95)] == [False, False, True, True]


def test_a_clear_threshold_works_downwards_too() -> None:
    rule = Rule("r", "m", operator="<", threshold=0.1, clear_threshold=0.2)
    assert [lingers(rule, value) for value in (0.05, 0.15, 0.2, 0.3)] == [True, True, False, False]


def test_without_a_clear_threshold_an_alert_ends_at_the_threshold() -> None:
    rule = Rule("r", "m", threshold=0.9)
    assert [lingers(rule, value) for value in (0.89, 0.91)] == [False, True]


@pytest.mark.parametrize(
    ("operator", "expected"), [(">", 9.0), (">=", 9.0), ("<", 1.0), ("<=", 1.0), ("!=", 9.0), ("==", 9.0)]
)
def test_the_worse_value_lies_further_beyond_the_threshold(operator: Operator, expected: float) -> None:
    rule = Rule("r", "m", operator=operator, threshold=4)
    assert worse(rule, 1.0, 9.0) == expected
    assert worse(rule, 9.0, 1.0) == expected


def test_any_value_is_worse_than_none() -> None:
    rule = Rule("r", "m", threshold=4)
    assert worse(rule, None, 1.0) == 1.0
    assert worse(rule, 1.0, None) == 1.0
