"""Label matchers: which series a rule watches."""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple


class Matcher(NamedTuple):
    """One label's condition; a regular expression matches the whole value."""

    label: str
    negative: bool
    regex: bool
    text: str


def parse(label: str, condition: str) -> Matcher:
    """Read a condition: `x` equals, `~regex` matches, `!x` and `!~regex` exclude."""
    negative = condition.startswith("!")
    rest = condition.removeprefix("!")
    regex = rest.startswith("~")
    return Matcher(label, negative, regex, rest.removeprefix("~"))


def selector(labels: Mapping[str, str]) -> Callable[[Mapping[str, str]], bool]:
    """Give a test of a series' labels; a label that the series has not is as one that is empty.

    Raises re.error for what is no regular expression.
    """
    tests = [_test(parse(label, condition)) for label, condition in labels.items()]
    return lambda series: all(test(series) for test in tests)


def _test(matcher: Matcher) -> Callable[[Mapping[str, str]], bool]:
    label, negative, regex, text = matcher
    if regex:
        pattern = re.compile(text)
        return lambda series: (pattern.fullmatch(series.get(label, "")) is None) is negative
    return lambda series: (series.get(label, "") != text) is negative


def fixed(labels: Mapping[str, str]) -> dict[str, str]:
    """Give the labels that a series must have for sure: those with a plain value."""
    parsed = (parse(label, condition) for label, condition in labels.items())
    return {one.label: one.text for one in parsed if not one.negative and not one.regex}
