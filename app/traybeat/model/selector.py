"""Selectors: which series are meant, by name and labels."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from traybeat.model.errors import TraybeatError

LONGEST_PATTERN = 128
MOST_REPEATS = 3
_TOKENS = re.compile(
    r"(?P<escape>\\.)|(?P<set>\[\^?+\]?+(?:\\.|[^\]\\])*\])|(?P<open>\((?:\?:)?)|(?P<close>\))"
    r"|(?P<repeat>(?:[*+?]|\{\d*,?\d*\})[?+]?)|(?P<either>\|)|(?P<other>.)",
    re.DOTALL,
)
_ODD_SET = re.compile(r"(?<!\\)\[|--|&&|~~|\|\|")
"""What may come to mean operations on sets in later versions of Python."""


class WrongSelectorError(TraybeatError):
    """A selector that can't be used; the text says what of it is wrong."""


class Compare(Enum):
    """How a label is compared, in the signs of Prometheus."""

    EQUAL = "="
    NOT_EQUAL = "!="
    MATCHES = "=~"
    MATCHES_NOT = "!~"


@dataclass(frozen=True, slots=True)
class Matcher:
    """A condition on one label; a label that a series lacks counts as empty. Patterns match as a whole.

    Patterns must be quick on any text, as both they and labels may come from strangers: no references, no looking
    around, no repeats of what has choices or repeats itself. Raises WrongSelectorError.
    """

    label: str
    compare: Compare
    value: str
    _pattern: re.Pattern[str] | None = field(init=False, repr=False, compare=False, default=None)

    def __post_init__(self) -> None:
        if self.compare in {Compare.MATCHES, Compare.MATCHES_NOT}:
            object.__setattr__(self, "_pattern", pattern(self.value))

    def fits(self, labels: Mapping[str, str]) -> bool:
        """Say whether the labels of a series meet the condition."""
        found = labels.get(self.label, "")
        if self._pattern is None:
            return (found == self.value) is (self.compare is Compare.EQUAL)
        return (self._pattern.fullmatch(found) is not None) is (self.compare is Compare.MATCHES)


@dataclass(frozen=True, slots=True)
class Selector:
    """The series of a name whose labels meet all conditions; no name means every name."""

    name: str | None = None
    matchers: tuple[Matcher, ...] = ()

    def fits(self, name: str, labels: Mapping[str, str]) -> bool:
        """Say whether a series is meant."""
        return self.name in {None, name} and all(matcher.fits(labels) for matcher in self.matchers)


def matcher(label: str, text: str) -> Matcher:
    """Read a condition as rules write it: `x` equal, `!x` not, `~x` matches, `!~x` does not."""
    for sign, compare in (("!~", Compare.MATCHES_NOT), ("~", Compare.MATCHES), ("!", Compare.NOT_EQUAL)):
        if text.startswith(sign):
            return Matcher(label, compare, text[len(sign) :])
    return Matcher(label, Compare.EQUAL, text)


def pattern(text: str) -> re.Pattern[str]:
    """Compile a regular expression that is quick on any label; raises WrongSelectorError."""
    if len(text) > LONGEST_PATTERN:
        raise WrongSelectorError(f"a pattern of {len(text)} characters; at most {LONGEST_PATTERN} are allowed")
    _Scan(text)
    try:
        return re.compile(text, re.DOTALL)
    except (re.error, OverflowError, RecursionError) as error:
        raise WrongSelectorError(f"not a regular expression: {text!r} ({error})") from error


class _Scan:
    """Reads a pattern and refuses what makes a matcher that tries all ways slow.

    That is: more than a few repeats, or a repeat of a group that holds a repeat or a choice.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._groups = [False]
        """For each group that is open, whether it holds a repeat or a choice."""
        self._closed: bool | None = None
        """The same of the group that has just been closed; None after anything else."""
        self._repeats = 0
        for token in _TOKENS.finditer(text):
            closed, self._closed = self._closed, None
            _SCANS[token.lastgroup or "other"](self, token, closed)
        if self._repeats > MOST_REPEATS:
            raise WrongSelectorError(f"{self._repeats} repeats in a pattern; at most {MOST_REPEATS} are allowed")

    def escape(self, token: re.Match[str], _: bool | None) -> None:
        if token[0][1].isdigit():
            raise WrongSelectorError(f"references such as {token[0]} are not allowed in patterns")

    def set(self, token: re.Match[str], _: bool | None) -> None:
        if _ODD_SET.search(token[0], 1):
            raise WrongSelectorError(f"the set {token[0]} is to be written with a backslash before its signs")

    def open(self, token: re.Match[str], _: bool | None) -> None:
        if self._text.startswith("?", token.end()):
            raise WrongSelectorError("of groups with a question mark, patterns may have only (?: )")
        self._groups.append(False)

    def close(self, _: re.Match[str], __: bool | None) -> None:
        if len(self._groups) > 1:
            self._closed = self._groups.pop()
            self._groups[-1] |= self._closed

    def either(self, _: re.Match[str], __: bool | None) -> None:
        self._groups[-1] = True

    def repeat(self, _: re.Match[str], closed: bool | None) -> None:
        if closed:
            raise WrongSelectorError("patterns must not repeat a group that holds a repeat or a choice")
        self._repeats += 1
        self._groups[-1] = True

    def other(self, token: re.Match[str], _: bool | None) -> None:
        if token[0] == "[":
            raise WrongSelectorError(f"not a regular expression: {self._text!r} (a set without an end)")


_SCANS: dict[str, Callable[[_Scan, re.Match[str], bool | None], None]] = {
    "escape": _Scan.escape,
    "set": _Scan.set,
    "open": _Scan.open,
    "close": _Scan.close,
    "either": _Scan.either,
    "repeat": _Scan.repeat,
    "other": _Scan.other,
}
