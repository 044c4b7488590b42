"""What the tray shows at a glance, as one value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from traybeat.engine.status import Readings

Level = Literal["well", "info", "warning", "critical", "paused", "unknown"]
Mode = Literal["status", "cpu", "cpu-memory", "number", "sparkline"]
PAST = 24
"""How many values a sparkline has."""


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert that is active."""

    id: str
    name: str
    severity: str
    text: str


@dataclass(frozen=True, slots=True)
class Glance:
    """The state of things; ratios are 0 to 1, None where nothing is known yet."""

    level: Level
    alerts: int = 0
    cpu: float | None = None
    memory: float | None = None


@dataclass(frozen=True, slots=True)
class Details:
    """What the menu and the tooltip tell, as of when they are opened."""

    readings: Readings
    alerts: tuple[Alert, ...]
    newer: str | None = None
    """A version that is newer than this one, where that is asked for and there is one."""


@dataclass(frozen=True, slots=True)
class Face:
    """Everything that the icon depends on, rounded to what can be seen: the same face is the same picture."""

    level: Level
    alerts: int
    mode: Mode
    cpu: int = 0
    memory: int = 0
    past: tuple[int, ...] = ()


def level(counts: Mapping[str, int], *, paused: bool, known: bool) -> Level:
    """Say how things stand; `counts` are the active alerts by severity."""
    if paused:
        return "paused"
    if not known:
        return "unknown"
    if counts.get("critical"):
        return "critical"
    return "warning" if counts.get("warning") else "info" if counts.get("info") else "well"


def face(glance: Glance, mode: Mode, past: tuple[float, ...] = (), steps: int = 16) -> Face:
    """Round what is to be drawn to so many steps."""
    shown = glance.level not in {"paused", "unknown"}
    return Face(
        glance.level,
        min(glance.alerts, 100),
        mode,
        _step(glance.cpu, steps) if shown and mode in {"cpu", "cpu-memory"} else _percent(glance.cpu, mode),
        _step(glance.memory, steps) if shown and mode == "cpu-memory" else 0,
        tuple(_step(one, steps) for one in past[-PAST:]) if shown and mode == "sparkline" else (),
    )


def _step(ratio: float | None, steps: int) -> int:
    return round(min(max(ratio or 0.0, 0.0), 1.0) * steps)


def _percent(ratio: float | None, mode: Mode) -> int:
    return _step(ratio, 100) if mode == "number" else 0
