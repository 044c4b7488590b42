"""Forms: dataclasses as trees of sections and leaves, which YAML documents are checked against."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from typing import Annotated, Any, TypeAlias, get_args, get_origin, get_type_hints

from traybeat.host.kinds import Items, Kind, Pairs, Secret, kind_of
from traybeat.model.settings import Range, SecretRef
from traybeat.model.text import clean

LONGEST_KEY = 64

Path: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value that can be given."""

    path: Path
    description: str
    kind: Kind
    default: object

    def build(self, values: Mapping[Path, object]) -> object:
        """Give the value, or the default where there is none."""
        return values.get(self.path, self.default)


@dataclass(frozen=True, slots=True)
class Section:
    """Values that belong together; `make` builds their part of the tree from the members' values by name."""

    path: Path
    description: str
    members: "Mapping[str, Leaf | Section]"
    make: Callable[..., object]

    def build(self, values: Mapping[Path, object]) -> object:
        """Build this part of the tree."""
        return self.make(**{name: member.build(values) for name, member in self.members.items()})

    def leaves(self) -> Iterator[Leaf]:
        """Give every leaf below, in the order of declaration."""
        for member in self.members.values():
            if isinstance(member, Leaf):
                yield member
            else:
                yield from member.leaves()


class Form:
    """Everything that a document may hold."""

    @property
    def root(self) -> Section:
        """The tree's root."""
        raise NotImplementedError

    def leaves(self) -> Iterator[Leaf]:
        """Give every value that there is a place for."""
        return self.root.leaves()

    def told(self, path: Sequence[str | int]) -> str:
        """Write a path, `exporter.hosts[1]`, as far as it may be shown: what lies within a secret may be the secret."""
        node: Leaf | Section | None = self.root
        text = ""
        for key in path:
            if isinstance(key, str) and isinstance(node, Leaf) and secretive(node.kind):
                break
            text += f"[{key}]" if isinstance(key, int) else f".{clean(key, LONGEST_KEY)}"
            node = node.members.get(str(key)) if isinstance(node, Section) else node
        return text.removeprefix(".")


def secretive(kind: Kind) -> bool:
    """Say whether values of this kind stand where a secret might be written by mistake."""
    return isinstance(kind, Secret) or (isinstance(kind, Items | Pairs) and secretive(kind.item))


def section(path: Path, description: str, defaults: Any) -> Section:
    """Make a section of a dataclass's instance, or of several by name; its values are the defaults.

    Raises TypeError for a field without description, or of a type that no kind stands for.
    """
    if isinstance(defaults, Mapping):
        keyed = {name: section((*path, name), "", options) for name, options in defaults.items()}
        return Section(path, description, keyed, dict)
    hints = get_type_hints(type(defaults), include_extras=True)
    members = {name: _member((*path, name), hint, getattr(defaults, name)) for name, hint in hints.items()}
    return Section(path, description, members, type(defaults))


def _member(path: Path, hint: Any, default: object) -> Leaf | Section:
    annotation, *extras = get_args(hint) if get_origin(hint) is Annotated else (hint,)
    description = next((extra for extra in extras if isinstance(extra, str)), None)
    if description is None:
        raise TypeError(f"{'.'.join(path)} has no description")
    if _is_section(annotation):
        return section(path, description, default)
    bounds = next((extra for extra in extras if isinstance(extra, Range)), None)
    return Leaf(path, description, kind_of(annotation, bounds), default)


def _is_section(annotation: Any) -> bool:
    """Tell sections, alone or several by name, from values."""
    if get_origin(annotation) is Mapping:
        annotation = get_args(annotation)[1]
    return is_dataclass(annotation) and annotation is not SecretRef
