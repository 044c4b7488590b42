"""Settings from the environment: TRAYBEAT_EXPORTER__PORT is exporter.port, two underscores per level."""

from collections.abc import Mapping
from typing import NamedTuple

from traybeat.host.form import Leaf, Path
from traybeat.host.kinds import Mismatch
from traybeat.host.nearest import nearest
from traybeat.model.errors import Fault
from traybeat.model.text import clean
from traybeat.settings.tree import Schema

PREFIX = "TRAYBEAT_"
_SECRETS = "TRAYBEAT_SECRET_"
_LEVEL = "__"
_NONE = ("", "null")


class Overrides(NamedTuple):
    """The values that the environment gives, by path, and what is wrong with it."""

    values: Mapping[Path, object]
    faults: tuple[Fault, ...]


def variable(path: Path) -> str:
    """Give the name of the variable that overrides a setting."""
    return PREFIX + _LEVEL.join(path).upper()


def overrides(environ: Mapping[str, str], schema: Schema) -> Overrides:
    """Read the variables that are settings; an empty one, and `null`, give a setting its default back."""
    leaves = {variable(leaf.path): leaf for leaf in schema.leaves()}
    values: dict[Path, object] = {}
    faults: list[Fault] = []
    # Names may differ in case alone: upper case sorts first, hence comes last here, and holds.
    for name in sorted(filter(_is_setting, environ), reverse=True):
        leaf = leaves.get(name.upper())
        if leaf is None:
            near = nearest(name.upper(), leaves)
            faults.append(Fault(clean(name), "an unknown setting", "a known one", near))
            continue
        value, wrong = _take(leaf, environ[name])
        values[leaf.path] = value
        faults.extend(Fault(_told(name, one), one.found, one.expected) for one in wrong)
    return Overrides(values, tuple(faults))


def _take(leaf: Leaf, text: str) -> tuple[object, list[Mismatch]]:
    if text.strip() in _NONE:
        return leaf.default, []
    kind = leaf.kind
    try:
        plain = kind.parse(text)
    except ValueError:
        return leaf.default, [Mismatch((), "text that is not JSON", f"{kind.expected}, as JSON")]
    if kind.empty(plain):
        return leaf.default, []
    wrong = list(kind.mismatches(plain))
    return (leaf.default if wrong else kind.convert(plain)), wrong


def _told(name: str, mismatch: Mismatch) -> str:
    return clean(name) + "".join(f"[{key}]" for key in mismatch.path)


def _is_setting(name: str) -> bool:
    """Tell settings from secrets, directories and the variables that orchestrators make up (TRAYBEAT_PORT_...)."""
    upper = name.upper()
    return upper.startswith(PREFIX) and not upper.startswith(_SECRETS) and _LEVEL in upper
