"""A rule's message with its fields filled in. The fields are fixed; nothing else in braces is touched or evaluated."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from traybeat.model.alert import Labels, Rule
from traybeat.model.quantity import quantity, unit_of

LONGEST = 1000


class Facts(NamedTuple):
    """What a message can tell of an alert."""

    rule: Rule
    labels: Labels
    value: float | None
    host: str


FIELDS: Mapping[str, Callable[[Facts], str]] = {
    "value": lambda facts: quantity(facts.value, unit(facts.rule)),
    "threshold": lambda facts: quantity(facts.rule.threshold, unit(facts.rule)),
    "host": lambda facts: facts.host,
    "rule": lambda facts: facts.rule.name or facts.rule.id,
    "severity": lambda facts: facts.rule.severity,
    "metric": lambda facts: facts.rule.metric,
    "labels": lambda facts: ", ".join(f"{name} {value}" for name, value in facts.labels) or "this machine",
    "operator": lambda facts: facts.rule.operator,
}

_FIELD = re.compile(r"\{([^{}]*)\}")


def unit(rule: Rule) -> str:
    """Find the unit of the values that a rule compares."""
    return unit_of(rule.metric, rate=rule.reduce.function == "rate")


def unknown_fields(template: str) -> Iterator[str]:
    """Give what stands in braces and is no field."""
    return (name for name in _FIELD.findall(template) if name not in FIELDS)


def fill(facts: Facts) -> str:
    """Write the message of the facts' rule."""

    def value(match: re.Match[str]) -> str:
        field = FIELDS.get(match[1])
        return match[0] if field is None else field(facts)

    return _FIELD.sub(value, facts.rule.message)[:LONGEST]
