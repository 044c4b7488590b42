"""Comparisons of a value with a rule's thresholds."""

import operator
from collections.abc import Callable, Mapping

from traybeat.model.alert import Operator, Rule

Comparison = Callable[[float, float], bool]

COMPARISONS: Mapping[Operator, Comparison] = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
}
RISING: frozenset[Operator] = frozenset({">", ">="})
FALLING: frozenset[Operator] = frozenset({"<", "<="})


def met(rule: Rule, value: float | None) -> bool:
    """Say whether a value meets a rule; an absence rule is met by None."""
    if rule.absent or value is None or rule.threshold is None:
        return rule.absent and value is None
    return COMPARISONS[rule.operator](value, rule.threshold)


def lingers(rule: Rule, value: float | None) -> bool:
    """Say whether a value keeps a firing alert of the rule going: the threshold or the clear threshold is met."""
    if rule.clear_threshold is None or value is None:
        return met(rule, value)
    return met(rule, value) or COMPARISONS[rule.operator](value, rule.clear_threshold)


def worse(rule: Rule, one: float | None, other: float | None) -> float | None:
    """Give the value of the two that lies further beyond the rule's threshold."""
    if one is None or other is None or rule.threshold is None:
        return other if one is None else one
    if rule.operator in RISING:
        return max(one, other)
    if rule.operator in FALLING:
        return min(one, other)
    threshold = rule.threshold
    return max(one, other, key=lambda value: abs(value - threshold))
