"""Checks a document against the schema: every fault there is, and the values of what has none."""

from collections.abc import Iterator, Mapping
from itertools import islice

from traybeat.model.errors import Fault
from traybeat.settings.document import WHOLE, Document
from traybeat.settings.kinds import Mismatch
from traybeat.settings.nearest import nearest_key
from traybeat.settings.scalars import Plain, sort
from traybeat.settings.tree import Leaf, Path, Schema, Section

MOST_FAULTS = 100


def validate(document: Document, schema: Schema) -> tuple[dict[Path, object], tuple[Fault, ...]]:
    """Give the values of the settings that the document holds, by path, and its faults in the order of lines.

    At most a hundred faults are told: looking for the nearest names to thousands would take minutes.
    """
    validation = _Validation(document, schema)
    faults = tuple(islice(validation.faults(), MOST_FAULTS))
    return validation.values, tuple(sorted(faults, key=lambda fault: fault.line or 0))


class _Validation:
    def __init__(self, document: Document, schema: Schema) -> None:
        self._document = document
        self._schema = schema
        self.values: dict[Path, object] = {}

    def faults(self) -> Iterator[Fault]:
        for remark in self._document.remarks:
            yield Fault(self._schema.told(remark.path) or WHOLE, remark.found, remark.expected, line=remark.line)
        yield from self._section(self._schema.root, self._document.values)

    def _section(self, section: Section, value: Plain) -> Iterator[Fault]:
        if value is None:
            return
        if not isinstance(value, dict):
            example = next(iter(section.members), "name")
            yield self._fault(section.path, Mismatch((), sort(value), f"a section with lines such as {example}:"))
            return
        for key, part in value.items():
            member = section.members.get(key)
            if isinstance(member, Section):
                yield from self._section(member, part)
            elif member is not None:
                yield from self._leaf(member, part)
            else:
                yield self._unknown(section, key)

    def _leaf(self, leaf: Leaf, value: Plain) -> Iterator[Fault]:
        if leaf.kind.empty(value):
            return
        mismatches = islice(leaf.kind.mismatches(value), MOST_FAULTS)
        faults = [self._fault(leaf.path, mismatch) for mismatch in mismatches]
        if not faults:
            self.values[leaf.path] = leaf.kind.convert(value)
        yield from faults

    def _unknown(self, section: Section, key: str) -> Fault:
        path = (*section.path, key)
        near = nearest_key(self._schema, section, key)
        names = "a known one" if section.members else "none"
        return Fault(self._schema.told(path), "an unknown key", names, near, self._document.lines.get(path))

    def _fault(self, path: Path, mismatch: Mismatch) -> Fault:
        full = (*path, *mismatch.path)
        lines: Mapping[tuple[str | int, ...], int] = self._document.lines
        line = lines.get(full, lines.get(path))
        return Fault(self._schema.told(full) or WHOLE, mismatch.found, mismatch.expected, line=line)
