"""What can be set: the settings' dataclasses as a tree of sections and leaves."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, is_dataclass
from functools import cached_property
from typing import Annotated, Any, TypeAlias, cast, get_args, get_origin, get_type_hints

from traybeat.model.settings import ChannelOptions, CollectorOptions, Range, SecretRef, Settings
from traybeat.model.text import clean
from traybeat.settings.kinds import Items, Kind, Pairs, Secret, kind_of

LONGEST_KEY = 64

Path: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One setting."""

    path: Path
    description: str
    kind: Kind
    default: object

    def build(self, values: Mapping[Path, object]) -> object:
        """Give the value, or the default where there is none."""
        return values.get(self.path, self.default)


@dataclass(frozen=True, slots=True)
class Section:
    """Settings that belong together; `make` builds their part of the tree from the members' values by name."""

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


@dataclass(frozen=True)
class Schema:
    """All that can be set. `collectors` and `channels` give each one's options by its name."""

    collectors: Mapping[str, type[CollectorOptions]] = field(default_factory=dict)
    channels: Mapping[str, type[ChannelOptions]] = field(default_factory=dict)

    @cached_property
    def root(self) -> Section:
        """The tree's root."""
        defaults = Settings(
            collectors={name: options() for name, options in self.collectors.items()},
            channels={name: options() for name, options in self.channels.items()},
        )
        return _section((), "", defaults)

    def build(self, values: Mapping[Path, object]) -> Settings:
        """Build the settings from the values of some leaves; the others have their defaults."""
        return cast("Settings", self.root.build(values))

    def leaves(self) -> Iterator[Leaf]:
        """Give every setting there is."""
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

    def changes(self, old: Settings, new: Settings) -> Iterator[str]:
        """Name the settings whose values differ."""
        for leaf in self.leaves():
            if _held(old, leaf.path) != _held(new, leaf.path):
                yield self.told(leaf.path)


def secretive(kind: Kind) -> bool:
    """Say whether values of this kind stand where a secret might be written by mistake."""
    return isinstance(kind, Secret) or (isinstance(kind, Items | Pairs) and secretive(kind.item))


def _held(node: Any, path: Path) -> object:
    for key in path:
        node = node.get(key) if isinstance(node, Mapping) else getattr(node, key, None)
    return node


def _section(path: Path, description: str, defaults: Any) -> Section:
    if isinstance(defaults, Mapping):
        keyed = {name: _section((*path, name), "", options) for name, options in defaults.items()}
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
        return _section(path, description, default)
    bounds = next((extra for extra in extras if isinstance(extra, Range)), None)
    return Leaf(path, description, kind_of(annotation, bounds), default)


def _is_section(annotation: Any) -> bool:
    """Tell sections, alone or several by name, from values."""
    if get_origin(annotation) is Mapping:
        annotation = get_args(annotation)[1]
    return is_dataclass(annotation) and annotation is not SecretRef
