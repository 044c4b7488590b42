"""What can be set: the settings' dataclasses as a tree of sections and leaves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

from traybeat.host.form import Form, Path, Section, section
from traybeat.model.settings import ChannelOptions, CollectorOptions, Settings


@dataclass(frozen=True)
class Schema(Form):
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
        return section((), "", defaults)

    def build(self, values: Mapping[Path, object]) -> Settings:
        """Build the settings from the values of some leaves; the others have their defaults."""
        return cast("Settings", self.root.build(values))

    def changes(self, old: Settings, new: Settings) -> Iterator[str]:
        """Name the settings whose values differ."""
        for leaf in self.leaves():
            if _held(old, leaf.path) != _held(new, leaf.path):
                yield self.told(leaf.path)


def _held(node: Any, path: Path) -> object:
    for key in path:
        node = node.get(key) if isinstance(node, Mapping) else getattr(node, key, None)
    return node
