"""Where the window was, and how large."""

import contextlib
import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from traybeat.host.files import write_private

WIDTH, HEIGHT = 1120, 760
LEAST_WIDTH, LEAST_HEIGHT = 380, 480
MOST = 20_000
_SEEN = 64  # so much of the title bar has to be on a screen to be caught with the pointer


@dataclass(frozen=True, slots=True)
class Area:
    """A screen's place and size."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Geometry:
    """The window's size and place in pixels; without a place, the system picks one."""

    width: int = WIDTH
    height: int = HEIGHT
    x: int | None = None
    y: int | None = None

    def fitted(self, screens: "list[Area]") -> "Geometry":
        """Give the same, brought back where it can be seen: a screen may be gone, or smaller."""
        if not screens:
            return self
        width = max(min(self.width, max(one.width for one in screens)), LEAST_WIDTH)
        height = max(min(self.height, max(one.height for one in screens)), LEAST_HEIGHT)
        x, y = self.x, self.y
        if x is None or y is None or not any(_shows(one, x, y, width) for one in screens):
            x = y = None
        return Geometry(width, height, x, y)


def _shows(screen: Area, x: int, y: int, width: int) -> bool:
    across = min(x + width, screen.x + screen.width) - max(x, screen.x)
    return across >= _SEEN and screen.y <= y <= screen.y + screen.height - _SEEN


def understood(told: Any) -> Geometry:
    """Read a geometry from what JSON gave; whatever is not a sensible number is left at its default."""
    if not isinstance(told, dict):
        return Geometry()
    sensible = {
        one.name: told[one.name]
        for one in fields(Geometry)
        if type(told.get(one.name)) is int and -MOST <= told[one.name] <= MOST
    }
    if min(sensible.get("width", WIDTH), sensible.get("height", HEIGHT)) <= 0:
        return Geometry()
    return Geometry(**sensible)


def load(path: Path) -> Geometry:
    """Read what was saved; the default where there is nothing to be read."""
    with contextlib.suppress(OSError, ValueError):
        return understood(json.loads(path.read_bytes()))
    return Geometry()


def save(path: Path, geometry: Geometry) -> None:
    """Keep it for the next time, where the disk lets us."""
    with contextlib.suppress(OSError):
        write_private(path, json.dumps(asdict(geometry)).encode())
