"""YAML files changed in place: what people wrote in them, comments and order, stays.

The library that can do so is loaded by a helper only: `main` is that helper's body. A request is a file's text and
the changes to make, each a path and a value, or no value where the path is to go.
"""

import json
import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from traybeat.host import spawn
from traybeat.model.errors import TraybeatError

_SECONDS = 15.0
_WIDTH = 4096

Key = str | int
Converse = Callable[[bytes, float], bytes]


class Change(NamedTuple):
    """A value to put at a path, or with `gone` nothing. A list takes its length as the place of one more."""

    path: tuple[Key, ...]
    value: Any = None
    gone: bool = False


class EditError(TraybeatError):
    """The file could not be changed."""


def converse(request: bytes, seconds: float) -> bytes:
    """Ask the helper."""
    return spawn.converse(spawn.helper_command("edit"), request, seconds)


def edit(text: str, changes: Sequence[Change], ask: Converse = converse) -> str:
    """Give a file's text with some changes; raises EditError."""
    request = json.dumps({"text": text, "changes": [list(one) for one in changes]}).encode()
    try:
        answer = json.loads(ask(request, _SECONDS))
        return str(answer["text"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EditError(f"the file could not be changed ({type(error).__name__}); nothing was written") from None


def edited(text: str, changes: Sequence[Change]) -> str:
    """Change a text, in this process."""
    from io import StringIO

    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = _WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2) if _indented(text) else None
    root = yaml.load(text)
    for change in changes:
        path = change.path
        if root is None:
            root = CommentedSeq() if path and isinstance(path[0], int) else CommentedMap()
        _put(root, path, change, CommentedMap)
    out = StringIO()
    yaml.dump(root, out)
    return out.getvalue()


def _indented(text: str) -> bool:
    """Say whether lists within mappings are written further in than their names."""
    lines = text.splitlines()
    pairs = pairwise(lines)
    return any(
        after.lstrip().startswith("- ") and before.rstrip().endswith(":") and _depth(after) > _depth(before)
        for before, after in pairs
    )


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _put(node: Any, path: tuple[Key, ...], change: Change, mapping: type) -> None:
    *way, last = path
    for key in way:
        if isinstance(node, dict) and node.get(key) is None:
            if change.gone:
                return
            node[key] = mapping()
        node = node[key]
    if change.gone:
        if isinstance(node, dict):
            node.pop(last, None)
        else:
            del node[last]
    elif isinstance(node, list) and last == len(node):
        node.append(change.value)
    elif isinstance(node, list) and isinstance(node[int(last)], dict) and isinstance(change.value, dict):
        _merge(node[int(last)], change.value)
    else:
        node[last] = change.value


def _merge(old: Any, new: dict[str, Any]) -> None:
    """Change an entry in place, so that its comments stay."""
    for key in [key for key in old if key not in new]:
        del old[key]
    for key, value in new.items():
        if isinstance(old.get(key), dict) and isinstance(value, dict):
            _merge(old[key], value)
        elif key not in old or old[key] != value:
            old[key] = value


def main() -> int:
    """Be the helper: one request on standard input, one answer on standard output."""
    request = json.load(sys.stdin)
    changes = [Change(tuple(path), value, gone) for path, value, gone in request["changes"]]
    json.dump({"text": edited(request["text"], changes)}, sys.stdout)
    return 0
