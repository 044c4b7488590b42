"""Which series a rule watches."""

from collections.abc import Callable, Mapping

from traybeat.model.selector import Compare, matcher


def selector(labels: Mapping[str, str]) -> Callable[[Mapping[str, str]], bool]:
    """Give a test of a series' labels; raises WrongSelectorError."""
    matchers = [matcher(label, condition) for label, condition in labels.items()]
    return lambda series: all(one.fits(series) for one in matchers)


def fixed(labels: Mapping[str, str]) -> dict[str, str]:
    """Give the labels that a series must have for sure: those with a plain value."""
    matchers = (matcher(label, condition) for label, condition in labels.items())
    return {one.label: one.value for one in matchers if one.compare is Compare.EQUAL}
