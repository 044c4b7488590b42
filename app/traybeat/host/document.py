"""The settings file as plain values: YAML without its traps, and the line on which each value stands.

Works on the parser's events, so nothing is ever constructed, and an alias can't unfold. Refused are tags, anchors,
aliases, keys given twice, keys that are no text, and deep nesting: a settings file needs none of them, and each hides
a mistake or an attack.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

import yaml

from traybeat.host.scalars import Plain, resolve, sort
from traybeat.model.errors import Fault, WrongSettingsError
from traybeat.model.text import clean

MOST_BYTES = 262_144
DEEPEST = 20
WHOLE = "the file"

Path: TypeAlias = tuple[str | int, ...]

# YAML 1.2.2, production 1, c-printable; NUL is told apart before.
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONGEST_PROBLEM = 100
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class DamagedError(WrongSettingsError):
    """The file can't be read as settings at all: half-written, overwritten, or not YAML."""


class Remark(NamedTuple):
    """A fault in the YAML itself, by the path of the value that has it."""

    path: Path
    found: str
    expected: str
    line: int


@dataclass(frozen=True, slots=True)
class Document:
    """The values by section and key; lines, counted from 1, by the path of each value."""

    values: Plain = None
    lines: Mapping[Path, int] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()


def parse(content: bytes, loader: Any = _LOADER) -> Document:
    """Read a settings file; one of nothing but comments is an empty document.

    Raises DamagedError. What is wrong and yet readable is remarked in the document.
    """
    text = _decoded(content)
    return _compose(text, loader)


def value_of(text: str) -> Plain:
    """Read a single value written as YAML; raises ValueError where the file could not hold it."""
    try:
        document = _compose(text, _LOADER)
    except DamagedError as damage:
        raise ValueError(damage) from None
    if document.remarks:
        raise ValueError(document.remarks[0].found)
    return document.values


def damage(found: str, expected: str = "settings", line: int | None = None) -> DamagedError:
    """Give the error for a file that can't be read, with the way out."""
    return DamagedError((Fault(WHOLE, found, f"{expected}; delete it to get the defaults back", line=line),))


def _decoded(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise WrongSettingsError((Fault(WHOLE, "a huge file", f"at most {MOST_BYTES // 1024} KiB"),))
    if not content.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise damage("nothing in it, as if it was only half written")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise damage("bytes that are not UTF-8", "UTF-8 text", _line(content, error.start)) from None
    if odd := _UNPRINTABLE.search(text):
        what = "a NUL byte" if odd.group() == "\0" else f"the control character U+{ord(odd.group()):04X}"
        raise damage(what, "text", text.count("\n", 0, odd.start()) + 1)
    return text


def _line(content: bytes, position: int) -> int:
    return content.count(b"\n", 0, position) + 1


def _compose(text: str, loader: Any) -> Document:
    composer = _Composer(yaml.parse(text, Loader=loader))
    try:
        values = composer.stream()
    except _TooDeepError:
        values = None
    except yaml.YAMLError as error:
        if getattr(error, "problem", None) != _SCANNER_TOO_DEEP:
            raise _broken(text, error) from None
        values = None
        composer.too_deep((), error)
    return Document(values, composer.lines, tuple(composer.remarks))


def _broken(text: str, error: yaml.YAMLError) -> DamagedError:
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return damage("text that is not YAML", "YAML")
    lines = text.splitlines()
    indentation = re.match(r"\s*", lines[mark.line] if mark.line < len(lines) else "")
    if indentation and "\t" in indentation.group():
        return damage("a tab in the indentation", "spaces", mark.line + 1)
    problem = clean(str(getattr(error, "problem", "")), _LONGEST_PROBLEM)
    return damage(f"text that is not YAML ({problem})", "YAML", mark.line + 1)


# libyaml 0.2.6 and newer read ahead of their events, and stop there by themselves.
_SCANNER_TOO_DEEP = "exceeded maximum nesting depth"


class _TooDeepError(Exception):
    pass


class _Composer:
    """Makes plain values of the parser's events, remarking what is refused."""

    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events
        self.lines: dict[Path, int] = {}
        self.remarks: list[Remark] = []

    def stream(self) -> Plain:
        next(self._events)  # the stream's start
        if isinstance(next(self._events), yaml.StreamEndEvent):
            return None
        root = next(self._events)
        self.lines[()] = root.start_mark.line + 1
        value = self._value(root, ())
        next(self._events)  # the document's end
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            self._remark(after, (), "a second document (---)", "a single one")
        return value

    def _value(self, event: Any, path: Path) -> Plain:
        refused = self._refused(event, path)
        if isinstance(event, yaml.AliasEvent):
            return None
        if isinstance(event, yaml.ScalarEvent):
            value: Plain = resolve(event.value) if event.implicit[0] else event.value
            return None if refused else value
        if len(path) >= DEEPEST:
            self.too_deep(path, event)
            raise _TooDeepError
        value = self._list(path) if isinstance(event, yaml.SequenceStartEvent) else self._mapping(path)
        return None if refused else value

    def too_deep(self, path: Path, where: Any) -> None:
        """Remark nesting beyond the limit at `where`: an event, or the scanner's error, which may come first."""
        mark: Any = where.problem_mark if isinstance(where, yaml.MarkedYAMLError) else where.start_mark
        self.remarks.append(Remark(path, f"more than {DEEPEST} levels", "fewer", mark.line + 1))

    def _refused(self, event: Any, path: Path) -> bool:
        """Refuse what YAML has beyond plain values; names are not shown, for a secret may begin with ! & or *."""
        quotes = "a plain value; in quotes, where it begins with"
        if isinstance(event, yaml.AliasEvent):
            self._remark(event, path, "an alias (*)", f"{quotes} *")
        elif event.anchor is not None:
            self._remark(event, path, "an anchor (&)", f"{quotes} &")
        elif event.tag is not None:
            self._remark(event, path, "a tag (!)", f"{quotes} !")
        else:
            return False
        return True

    def _list(self, path: Path) -> Plain:
        values: list[Plain] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            place = (*path, len(values))
            self.lines[place] = event.start_mark.line + 1
            values.append(self._value(event, place))
        return values

    def _mapping(self, path: Path) -> Plain:
        values: dict[str, Plain] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._value(event, (*path, "?"))
            place = (*path, key if isinstance(key, str) else sort(key))
            value = self._value(next(self._events), place)
            if not isinstance(key, str):
                self._remark(event, path, f"{sort(key)} as a key", "a name")
            elif key in values:
                self._remark(event, place, "the key again", f"it once: it stands on line {self.lines[place]}, too")
            else:
                self.lines[place] = event.start_mark.line + 1
                values[key] = value
        return values

    def _remark(self, event: Any, path: Path, found: str, expected: str) -> None:
        self.remarks.append(Remark(path, found, expected, event.start_mark.line + 1))
