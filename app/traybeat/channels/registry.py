"""Finds the channels: every module of this package that has a REGISTRATION."""

import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, NamedTuple, Protocol

from traybeat import channels
from traybeat.model.errors import Fault
from traybeat.model.message import Channel
from traybeat.model.service import Secrets
from traybeat.model.settings import ChannelOptions


class Notifications(Protocol):
    """The desktop's notification service."""

    def capabilities(self) -> frozenset[str]:
        """Ask what it can show; raises Unreachable."""

    def show(self, replaces: int, icon: str, title: str, body: str, urgency: int) -> int:
        """Show a notification, in place of another where `replaces` is not 0; gives its number; raises Unreachable."""


class Outfit(NamedTuple):
    """What a channel may need: secrets by name, this machine's name, and its notifications where it shows some."""

    secrets: Secrets
    host: str
    notifications: Notifications | None = None


def no_faults(options: Any) -> Iterable[Fault]:  # noqa: ARG001 (there is nothing to look at)
    """Find nothing wrong."""
    return ()


@dataclass(frozen=True, slots=True)
class Registration:
    """What a channel's file says of itself: its section in the settings, and how to build it.

    `build` gives None where the options do not set it up, or this machine can't have it. `check` tells what is wrong
    with options that each by itself look right; its paths begin within the channel's section.
    """

    name: str
    options: type[ChannelOptions]
    build: Callable[[Any, Outfit], Channel | None]
    check: Callable[[Any], Iterable[Fault]] = no_faults


def discover() -> tuple[Registration, ...]:
    """Import every channel and give their registrations, by name."""
    modules = (
        import_module(f"{channels.__name__}.{module.name}") for module in pkgutil.iter_modules(channels.__path__)
    )
    found = (getattr(module, "REGISTRATION", None) for module in modules)
    return tuple(sorted((one for one in found if one is not None), key=lambda one: one.name))
