"""What is to be shown, and the systems' ways to show it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from traybeat.tray.glance import Face
from traybeat.tray.menu import Entry


@dataclass(frozen=True, slots=True)
class Show:
    """One state of the icon: its face, and the lines of its tooltip."""

    face: Face
    tooltip: Sequence[str] = field(default=())


class Ending(Protocol):
    """Knows whether the program was asked to end."""

    asked: bool


@dataclass(frozen=True, slots=True)
class Hands:
    """What a backend calls: `look` gives what is newest, `menu` builds the menu as it is opened, `act` does."""

    look: Callable[[], Show]
    menu: Callable[[], tuple[Entry, ...]]
    act: Callable[[str], None]
    missing: Callable[[], None]
    """Called once where nothing shows icons."""


class Backend(Protocol):
    """A system's way to show the icon; `run` owns the main thread until the program is asked to end."""

    def run(self, hands: Hands, ending: Ending) -> None:
        """Show the icon until the end."""
