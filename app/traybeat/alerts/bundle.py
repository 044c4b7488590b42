"""What of the waiting events goes into a channel's next message, and what waits on or is dropped. Pure."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from traybeat.alerts.history import Incident
from traybeat.model.alert import Severity
from traybeat.model.message import Event, Message, MessageKind, Notice

MOST_NOTICES = 200

Until = Callable[[str, Severity, float], float | None]


class Cap(NamedTuple):
    """How many messages a channel may send in how many seconds; what comes beyond waits for one digest."""

    messages: int = 10
    seconds: float = 600.0


class Waiting(NamedTuple):
    """One event of an alert that waits for one channel. `told` is how the message of the alert's beginning fares."""

    number: int
    event: Event
    state: str
    due_at: float
    told: str | None
    incident: Incident


class Bundle(NamedTuple):
    """Which events to tell now, which to drop, and which to hold or to cap until when, by their numbers."""

    tell: tuple[Waiting, ...] = ()
    drop: tuple[int, ...] = ()
    hold: tuple[tuple[int, float], ...] = ()
    capped_until: float | None = None

    @property
    def again_at(self) -> float | None:
        """When to look again, where nothing is told now."""
        ends = [until for _, until in self.hold]
        if self.capped_until is not None:
            ends.append(self.capped_until)
        return min(ends, default=None)


def bundle(events: Iterable[Waiting], silence: Until, recent: Sequence[float], now: float, cap: Cap) -> Bundle:
    """Sort the events of one channel, in their order; `recent` are the times of its last messages, oldest first."""
    tell: list[Waiting] = []
    drop: list[int] = []
    hold: list[tuple[int, float]] = []
    for one in events:
        if until := silence(one.incident.rule, one.incident.severity, now):
            hold.append((one.number, until))
        elif _pointless(one, tell):
            drop.append(one.number)
        elif len(tell) < MOST_NOTICES:  # The others wait for the next message.
            tell.append(one)
    within = [time for time in recent if now - cap.seconds < time <= now]
    capped_until = within[-1] + cap.seconds if tell and len(within) >= cap.messages else None
    return Bundle(tuple(tell), tuple(drop), tuple(hold), capped_until)


def _pointless(one: Waiting, telling: Sequence[Waiting]) -> bool:
    """Say whether an event need no longer be told.

    A beginning, when it was held back and the alert is over, or somebody knows already; an end, when nobody was told of
    the beginning.
    """
    alert = one.incident
    if one.event == "triggered":
        return alert.acknowledged_at is not None or (one.state == "held" and alert.state == "resolved")
    told_now = any(other.incident.id == alert.id for other in telling)
    return not told_now and one.told not in {"sent", "sending"}


def message(events: Sequence[Waiting], key: str, host: str, now: float) -> Message:
    """Make the message of some events."""
    kind: MessageKind = "digest" if any(one.state == "capped" for one in events) else "alerts"
    return Message(key, host, now, tuple(notice(one.event, one.incident) for one in events), kind)


def notice(event: Event, incident: Incident) -> Notice:
    """Make the notice of an alert's beginning or end."""
    ended = event == "resolved"
    return Notice(
        alert=incident.id,
        event=event,
        rule=incident.rule,
        name=incident.name,
        severity=incident.severity,
        metric=incident.metric,
        labels=dict(incident.labels),
        text=incident.text,
        unit=incident.unit,
        triggered_at=incident.triggered_at,
        resolved_at=incident.resolved_at if ended else None,
        operator=incident.operator,
        threshold=incident.threshold,
        value=incident.last if ended else incident.value,
        worst=incident.worst,
        processes=incident.processes,
        gone=ended and incident.gone,
    )
