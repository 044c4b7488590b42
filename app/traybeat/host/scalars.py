"""Plain values: how the text of one is understood, written, and shown to a person."""

import json
import re
from typing import TypeAlias

from traybeat.model.text import clean

Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | None"

LONGEST_SHOWN = 48

# YAML 1.2.2, section 10.3.2, the core schema. Unlike YAML 1.1's, it leaves `no`, `22:00` and `2026-01-01` alone.
_FIXED: dict[str, bool | float | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((f"{sign}{word}" for sign in ("", "+") for word in (".inf", ".Inf", ".INF")), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
# Bounded, for Python refuses to convert thousands of digits; what is longer is a float's business.
_DECIMAL = re.compile(r"[-+]?[0-9]{1,64}")
_BASED = re.compile(r"0o[0-7]{1,64}|0x[0-9a-fA-F]{1,64}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")

# Plain in any place of a YAML document; all else is quoted.
_HARMLESS = re.compile(r"[A-Za-z0-9/][A-Za-z0-9_./-]*")


def resolve(text: str) -> bool | float | str | None:
    """Understand an unquoted scalar by YAML 1.2's core schema."""
    if text in _FIXED:
        return _FIXED[text]
    if _DECIMAL.fullmatch(text):
        return int(text)
    if _BASED.fullmatch(text):
        return int(text, 0)
    return float(text) if _FLOAT.fullmatch(text) else text


def written(value: bool | float | str | None) -> str:
    """Write a scalar, text of printable characters, so that YAML reads it back; None is written as nothing at all."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        plain = _HARMLESS.fullmatch(value) and isinstance(resolve(value), str)
        return value if plain else json.dumps(value, ensure_ascii=False)
    return str(int(value)) if value == int(value) else str(value)


def sort(value: Plain) -> str:
    """Say what sort of value this is, without showing it."""
    sorts = {bool: "true or false", int: "a number", float: "a number", str: "a text", list: "a list"}
    return "nothing" if value is None else sorts.get(type(value), "a section")


def shown(value: Plain) -> str:
    """Show a value, cut and harmless; of a list or section only what it is."""
    if value is None or isinstance(value, list | dict):
        return sort(value)
    if isinstance(value, str):
        return f'"{clean(value, LONGEST_SHOWN)}"'
    return clean(written(value) if isinstance(value, bool) else repr(value), LONGEST_SHOWN)
