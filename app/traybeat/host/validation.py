"""Checks a document against a form: every fault there is, and the values of what has none."""

from collections.abc import Iterator
from itertools import islice

from traybeat.host.document import WHOLE, Document
from traybeat.host.document import Path as Place
from traybeat.host.form import Form, Leaf, Path, Section
from traybeat.host.kinds import Mismatch
from traybeat.host.nearest import nearest_key
from traybeat.host.scalars import Plain, sort
from traybeat.model.errors import Fault

MOST_FAULTS = 100


def validate(document: Document, form: Form) -> tuple[dict[Path, object], tuple[Fault, ...]]:
    """Give the values that the document holds, by path, and its faults in the order of lines.

    At most a hundred faults are told: looking for the nearest names to thousands would take minutes.
    """
    part = Part(document, form)
    told = (Fault(form.told(one.path) or WHOLE, one.found, one.expected, line=one.line) for one in document.remarks)
    faults = (*told, *islice(part.faults(document.values), MOST_FAULTS))[:MOST_FAULTS]
    return part.values, tuple(sorted(faults, key=lambda fault: fault.line or 0))


class Part:
    """Checks one part of a document, at `place`, against a form of its own; faults name their paths from `name` on."""

    def __init__(self, document: Document, form: Form, place: Place = (), name: str = "") -> None:
        self._document = document
        self._form = form
        self._place = place
        self._name = name
        self.values: dict[Path, object] = {}

    def faults(self, value: Plain) -> Iterator[Fault]:
        """Tell every fault in the part's value, filling `values` on the way."""
        return self._section(self._form.root, value)

    def fault(self, path: Place, found: str, expected: str, near: str | None = None) -> Fault:
        """Tell a fault of what stands at a path within the part."""
        lines, place = self._document.lines, (*self._place, *path)
        line = next((lines[place[:end]] for end in range(len(place), -1, -1) if place[:end] in lines), None)
        told = ".".join(filter(None, (self._name, self._form.told(path))))
        return Fault(told or WHOLE, found, expected, near, line)

    def _section(self, section: Section, value: Plain) -> Iterator[Fault]:
        if value is None:
            return
        if not isinstance(value, dict):
            example = next(iter(section.members), "name")
            yield self.fault(section.path, sort(value), f"a section with lines such as {example}:")
            return
        for key, part in value.items():
            member = section.members.get(key)
            if isinstance(member, Section):
                yield from self._section(member, part)
            elif member is not None:
                yield from self._leaf(member, part)
            else:
                near = nearest_key(self._form, section, key)
                expected = "a known one" if section.members else "none"
                yield self.fault((*section.path, key), "an unknown key", expected, near)

    def _leaf(self, leaf: Leaf, value: Plain) -> Iterator[Fault]:
        if leaf.kind.empty(value):
            return
        mismatches: list[Mismatch] = list(islice(leaf.kind.mismatches(value), MOST_FAULTS))
        if not mismatches:
            self.values[leaf.path] = leaf.kind.convert(value)
        yield from (self.fault((*leaf.path, *one.path), one.found, one.expected) for one in mismatches)
