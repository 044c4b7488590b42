"""The default settings file, and the reference for the documentation; both are written from the schema."""

from collections.abc import Iterator
from textwrap import wrap

from traybeat.host.form import Leaf, Section
from traybeat.host.scalars import written
from traybeat.settings.tree import Schema

WIDTH = 100
_INDENT = "  "
_HEADER = """\
# The settings of Traybeat.
#
# Every setting stands here with its default, switched off by the # in front of it. To change one,
# remove that #, but not the spaces before it, and write your value. Whatever is left out has its
# default.
#
# A change is taken on within seconds, without a restart. While there is a mistake in the file, the
# settings from before stay in force; `traybeat check` and `traybeat status` say where it is, and
# what is expected there.
"""


def default_file(schema: Schema) -> str:
    """Write the file that a first start leaves: sections open, each setting commented out with its default.

    It holds nothing but defaults, and so does the same file with any of the settings' own # taken away.
    """
    return _HEADER + "".join(f"\n{_block(member)}" for member in schema.root.members.values())


def _block(member: Leaf | Section) -> str:
    return "".join(f"{line}\n" for line in _lines(member))


def _lines(member: Leaf | Section) -> Iterator[str]:
    indent = _INDENT * (len(member.path) - 1)
    yield from wrap(_comment(member), WIDTH, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}# ")
    name = written(member.path[-1])
    if isinstance(member, Leaf):
        yield f"{indent}#{name}: {member.kind.write(member.default)}".rstrip()
        return
    yield f"{indent}{name}:"
    for part in member.members.values():
        yield from _lines(part)


def _comment(member: Leaf | Section) -> str:
    if isinstance(member, Section) or member.kind.expected in member.description:
        return member.description
    return f"{member.description}: {member.kind.expected}"


def reference(schema: Schema) -> str:
    """Write a Markdown table of every setting."""
    head = ("| Setting | What it is | Values | Default |", "|---|---|---|---|")
    return "".join(f"{line}\n" for line in (*head, *map(_row, schema.leaves())))


def _row(leaf: Leaf) -> str:
    default = leaf.kind.write(leaf.default)
    cells = (f"`{'.'.join(leaf.path)}`", leaf.description, leaf.kind.expected, f"`{default}`" if default else "none")
    return f"| {' | '.join(map(_cell, cells))} |"


def _cell(text: str) -> str:
    return text.replace("|", r"\|")
