"""Rules and alerts: what is watched for, and how far each watch has come."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Annotated, Literal

from traybeat.model.settings import Range

Severity = Literal["info", "warning", "critical"]
Operator = Literal[">", "<", ">=", "<=", "==", "!="]
Function = Literal["last", "avg", "min", "max", "sum", "rate", "delta", "predict"]

SEVERITIES: tuple[Severity, ...] = ("info", "warning", "critical")
LONGEST_WINDOW_MINUTES = 1440


@dataclass(frozen=True, slots=True)
class Reduction:
    """How the values of a window become the one value that is compared."""

    function: Annotated[Function, "last avg min max sum rate delta predict"] = "last"
    window_minutes: Annotated[float, "The window; last has none", Range(0.1, LONGEST_WINDOW_MINUTES)] = 5
    ahead_minutes: Annotated[float, "How far predict looks ahead", Range(1, 525_600)] = 1440


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of rules.yaml. `threshold` is None in a rule that watches for absence, and only there."""

    id: Annotated[str, "Short name for programs: letters, digits, - and _"]
    metric: Annotated[str, "The metric to watch"]
    name: Annotated[str, "Name for people; the id where left out"] = ""
    enabled: Annotated[bool, "Whether to watch at all"] = True
    labels: Annotated[Mapping[str, str], 'Which series: x equals, "~x" matches, "!x" and "!~x" exclude'] = field(
        default_factory=dict
    )
    reduce: Annotated[Reduction, "What to make of the values of a window"] = field(default_factory=Reduction)
    operator: Annotated[Operator, "> < >= <= == !="] = ">"
    threshold: Annotated[float | None, "What to compare with, in the metric's unit"] = None
    clear_threshold: Annotated[float | None, "An alert ends only when this is no longer met either"] = None
    for_duration_minutes: Annotated[float, "How long it must be seen before it fires", Range(0, 10_080)] = 0
    cooldown_minutes: Annotated[float, "How long after an alert the same one does not fire again", Range(0, 10_080)] = 0
    absent: Annotated[bool, "Fires where the metric gives nothing, instead of comparing"] = False
    severity: Annotated[Severity, "info warning critical"] = "warning"
    channels: Annotated[tuple[str, ...] | None, "Where to; every channel that is set up where left out"] = None
    message: Annotated[str, "What to say; {value} and other fixed fields are filled in"] = "{rule}: {value} on {host}"


class State(Enum):
    """How far a watch has come; `unknown` is a firing alert that nobody could look at lately."""

    INACTIVE = "inactive"
    PENDING = "pending"
    FIRING = "firing"
    RESOLVED = "resolved"
    UNKNOWN = "unknown"


ACTIVE = frozenset({State.FIRING, State.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Alert:
    """One rule over one series, as of its last step.

    Times are seconds of one clock that never goes back and goes on in sleep. `observed` is for how many seconds the
    condition was watched while it held, `seen` when a value was last looked at, `resolved` when the last firing
    ended. `value` is the newest value looked at; `worst` is the one furthest beyond the threshold in this firing.
    """

    state: State = State.INACTIVE
    observed: float = 0.0
    seen: float | None = None
    value: float | None = None
    triggered: float | None = None
    value_at_trigger: float | None = None
    worst: float | None = None
    resolved: float | None = None

    @property
    def active(self) -> bool:
        """Whether it fired and has not been seen to end."""
        return self.state in ACTIVE


Labels = tuple[tuple[str, str], ...]
"""A series' label names and values, sorted by name."""
