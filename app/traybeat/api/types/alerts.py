"""Alerts: active ones, past ones, and keeping them quiet."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

from traybeat.engine.status import Top

State = Literal["firing", "unknown", "resolved"]
SeverityName = Literal["info", "warning", "critical"]


class DeliveryInfo(msgspec.Struct, frozen=True):
    """How one message about an alert fared."""

    channel: str
    event: str
    state: str
    attempts: int
    ended_at: float | None
    answer: str | None


class AlertInfo(msgspec.Struct, frozen=True):
    """One firing of a rule, with the top processes at that moment. Times are Unix seconds."""

    id: str
    rule: str
    name: str
    metric: str
    labels: Mapping[str, str]
    unit: str
    operator: str
    threshold: float | None
    severity: SeverityName
    state: State
    triggered_at: float
    resolved_at: float | None
    value: float | None
    worst: float | None
    last: float | None
    text: str
    processes: tuple[Top, ...]
    acknowledged_at: float | None
    gone: bool
    snoozed_until: float | None
    deliveries: tuple[DeliveryInfo, ...]


class ActiveAlerts(msgspec.Struct, frozen=True):
    """The alerts that have not ended, the newest first, and what is kept quiet."""

    alerts: tuple[AlertInfo, ...]
    snoozes: "tuple[SnoozeInfo, ...]"


class AlertPage(msgspec.Struct, frozen=True):
    """Some past and present alerts, the newest first; `cursor` asks for the next page."""

    alerts: tuple[AlertInfo, ...]
    cursor: str | None


class HistoryQuery(msgspec.Struct, frozen=True):
    """Which alerts: those that fired from `start` to before `end`, of a state, a severity, a rule.

    With `overlapping`, also those that fired before `start` and had not ended by then.
    """

    start: str | None = None
    end: str | None = None
    state: State | None = None
    severity: SeverityName | None = None
    rule: str | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=500)] = 100
    cursor: str | None = None
    overlapping: bool = False


class SnoozeRequest(msgspec.Struct, frozen=True):
    """Keep messages back: of all alerts, of a rule, or of a severity (`target` names it).

    For so many seconds, or `until` a Unix time, or until tomorrow at eight (`until` tomorrow). 0 seconds end it.
    """

    scope: Literal["all", "rule", "severity"] = "all"
    target: str = ""
    seconds: Annotated[float, msgspec.Meta(ge=0, le=31_536_000)] | None = None
    until: float | Literal["tomorrow"] | None = None


class SnoozeInfo(msgspec.Struct, frozen=True):
    """What is kept quiet, until a Unix time."""

    scope: Literal["all", "rule", "severity"]
    target: str
    until: float


class Snoozes(msgspec.Struct, frozen=True):
    """Everything that is kept quiet."""

    snoozes: tuple[SnoozeInfo, ...]
