"""The kinds of values that a setting can have: what each takes, what it expects in words, how it is written."""

import json
import math
import re
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

from traybeat.host.document import value_of
from traybeat.host.scalars import Plain, resolve, shown, sort, written
from traybeat.model.settings import Range, SecretRef

LONGEST_SECRET_NAME = 128

# What no file name, address or header can bear: control characters but tab and line ends, and halves of characters.
_UNBEARABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


class Mismatch(NamedTuple):
    """A value that a setting can't take; `path` leads to it within the setting: indices, keys, or nothing."""

    path: tuple[str | int, ...]
    found: str
    expected: str


@dataclass(frozen=True)
class Kind:
    """A kind of single value: what it expects in words, the same of several, and which plain values it takes."""

    expected: str
    plural: str
    fits: Callable[[Plain], bool]

    def empty(self, value: Plain) -> bool:
        """Say whether the value stands for none, so that the default holds."""
        return value is None

    def mismatches(self, value: Plain) -> Iterator[Mismatch]:
        """Tell everything that is wrong with a value."""
        if not self.fits(value):
            yield Mismatch((), shown(value), self.expected)

    def convert(self, value: Any) -> Any:
        """Turn a value that has no mismatch into what the settings tree holds."""
        return value

    def parse(self, text: str) -> Plain:
        """Understand the text of an environment variable; raises ValueError."""
        return resolve(text.strip())

    def write(self, value: Any) -> str:
        """Write a value of the settings tree as YAML, on one line."""
        return written(value)


class Number(Kind):
    """A number that may have a fraction."""

    def convert(self, value: Any) -> float:
        """Give whole numbers as floats, too."""
        return float(value)


class Text(Kind):
    """A text; in the environment every text is one."""

    def mismatches(self, value: Plain) -> Iterator[Mismatch]:
        """Tell that numbers and the like become texts by quotes."""
        hint = ", in quotes" if isinstance(value, bool | int | float) else ""
        yield from (one._replace(expected=one.expected + hint) for one in super().mismatches(value))

    def parse(self, text: str) -> Plain:
        """Take the text as it is."""
        return text


class Secret(Kind):
    """A secret's name; whatever else stands in its place might be the secret itself, so it is never shown."""

    def empty(self, value: Plain) -> bool:
        """Take a name left empty for no secret."""
        return value is None or value == {"secret": None}

    def mismatches(self, value: Plain) -> Iterator[Mismatch]:
        """Tell what sort of value was found, but not which."""
        if not self.fits(value):
            hint = "; secrets themselves are kept elsewhere" if isinstance(value, str) else ""
            yield Mismatch((), f"{sort(value)} that is not shown", self.expected + hint)

    def convert(self, value: Any) -> SecretRef:
        """Take the name."""
        return SecretRef(value["secret"])

    def parse(self, text: str) -> Plain:
        """Understand JSON, or YAML on one line."""
        return structured(text)

    def write(self, value: Any) -> str:
        """Write the name as it is given."""
        return "" if value is None else f"{{secret: {written(value.secret)}}}"


@dataclass(frozen=True)
class Items(Kind):
    """A list of values of one kind."""

    item: Kind

    def mismatches(self, value: Plain) -> Iterator[Mismatch]:
        """Tell of each item that is wrong."""
        if not isinstance(value, list):
            yield Mismatch((), _what(self.item, value), self.expected)
            return
        for index, one in enumerate(value):
            yield from (wrong._replace(path=(index, *wrong.path)) for wrong in self.item.mismatches(one))

    def convert(self, value: Any) -> tuple[Any, ...]:
        """Make it a tuple."""
        return tuple(self.item.convert(one) for one in value)

    def parse(self, text: str) -> Plain:
        """Understand JSON, or YAML on one line."""
        return structured(text)

    def write(self, value: Any) -> str:
        """Write it between brackets."""
        return f"[{', '.join(self.item.write(one) for one in value)}]"


@dataclass(frozen=True)
class Pairs(Kind):
    """Values of one kind under names that the user chooses."""

    item: Kind

    def mismatches(self, value: Plain) -> Iterator[Mismatch]:
        """Tell of each value that is wrong."""
        if not isinstance(value, dict):
            yield Mismatch((), _what(self.item, value), self.expected)
            return
        for key, one in value.items():
            yield from (wrong._replace(path=(key, *wrong.path)) for wrong in self.item.mismatches(one))

    def convert(self, value: Any) -> Mapping[str, Any]:
        """Convert each value."""
        return {key: self.item.convert(one) for key, one in value.items()}

    def parse(self, text: str) -> Plain:
        """Understand JSON, or YAML on one line."""
        return structured(text)

    def write(self, value: Any) -> str:
        """Write it between braces."""
        return f"{{{', '.join(f'{written(key)}: {self.item.write(one)}' for key, one in value.items())}}}"


def _what(item: Kind, value: Plain) -> str:
    return f"{sort(value)} that is not shown" if isinstance(item, Secret) else shown(value)


def structured(text: str) -> Plain:
    """Understand a list or mapping in an environment variable: JSON, or YAML on one line; raises ValueError."""
    found: Plain
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = value_of(text)
    if not isinstance(found, list | dict):
        raise ValueError("neither list nor mapping")  # noqa: TRY004 (wrong text, not a wrong type)
    return found


def _number(value: Plain, bounds: Range | None) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return False
    return bounds is None or bounds.least <= value <= bounds.most


def _text(value: Plain) -> bool:
    return isinstance(value, str) and not _UNBEARABLE.search(value)


def _name(value: Plain) -> bool:
    name = value.get("secret") if isinstance(value, dict) and len(value) == 1 else None
    return isinstance(name, str) and name.isprintable() and 0 < len(name.strip()) <= LONGEST_SECRET_NAME


FLAG = Kind("true or false", "true or false", lambda value: isinstance(value, bool))
TEXT = Text("text", "texts", _text)
SECRET = Secret("{secret: NAME}", "{secret: NAME}", _name)


def whole(bounds: Range | None) -> Kind:
    """Give the kind of whole numbers within bounds."""
    within = _within(bounds)
    return Kind(
        f"a whole number{within}",
        f"whole numbers{within}",
        lambda value: isinstance(value, int) and _number(value, bounds),
    )


def number(bounds: Range | None) -> Kind:
    """Give the kind of numbers within bounds."""
    within = _within(bounds)
    return Number(f"a number{within}", f"numbers{within}", lambda value: _number(value, bounds))


def choice(words: tuple[str, ...]) -> Kind:
    """Give the kind that is one of these words."""
    told = " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))
    return Text(told, told, lambda value: isinstance(value, str) and value in words)


def items(item: Kind) -> Kind:
    """Give the kind of lists of `item`."""
    return Items(f"a list of {item.plural}", f"lists of {item.plural}", lambda value: isinstance(value, list), item)


def pairs(item: Kind) -> Kind:
    """Give the kind of mappings from names to `item`."""
    expected = f"{item.plural} by name"
    return Pairs(expected, expected, lambda value: isinstance(value, dict), item)


def _within(bounds: Range | None) -> str:
    return f" from {written(bounds.least)} to {written(bounds.most)}" if bounds else ""


def kind_of(annotation: Any, bounds: Range | None = None) -> Kind:
    """Find the kind for a field's type; raises TypeError for a type that no kind stands for.

    `X | None` is X's kind: whatever is left empty has its default.
    """
    plain: dict[Any, Kind] = {bool: FLAG, str: TEXT, SecretRef: SECRET, int: whole(bounds), float: number(bounds)}
    if annotation in plain:
        return plain[annotation]
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        (annotation,) = (one for one in arguments if one is not types.NoneType)
        return kind_of(annotation, bounds)
    if origin is Literal:
        return choice(arguments)
    if origin is tuple and arguments[1:] == (...,):
        return items(kind_of(arguments[0], bounds))
    if origin is Mapping and arguments[0] is str:
        return pairs(kind_of(arguments[1], bounds))
    raise TypeError(f"no setting can have the type {annotation}")
