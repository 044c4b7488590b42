"""Every firing there was: looked through, acknowledged, and in time forgotten."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from traybeat.alerts.journal import Journal
from traybeat.model.alert import Labels, Operator, Severity
from traybeat.model.readings.process import Process

MOST_A_PAGE = 500

IncidentState = Literal["firing", "unknown", "resolved"]
DeliveryState = Literal["waiting", "held", "capped", "dropped", "sending", "sent", "dead"]


class Delivery(NamedTuple):
    """How one event of an alert fared on one channel; `answer` is the other side's, or the last error."""

    channel: str
    event: str
    state: DeliveryState
    attempts: int
    ended_at: float | None
    answer: str | None


@dataclass(frozen=True, slots=True)
class Incident:
    """One firing of an alert. Times are Unix seconds."""

    id: str
    rule: str
    name: str
    metric: str
    labels: Labels
    unit: str
    operator: Operator
    threshold: float | None
    severity: Severity
    state: IncidentState
    triggered_at: float
    resolved_at: float | None
    value: float | None
    worst: float | None
    last: float | None
    text: str
    processes: tuple[Process, ...]
    acknowledged_at: float | None
    gone: bool
    deliveries: tuple[Delivery, ...] = ()


class Page(NamedTuple):
    """Some incidents, the newest first, and where the next page begins; None after the last."""

    incidents: tuple[Incident, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Query:
    """Which incidents: those that fired in [start, end), of a state, a severity, a rule.

    With `overlapping`, also those that fired before `start` and had not ended by then.
    """

    start: float | None = None
    end: float | None = None
    state: IncidentState | None = None
    severity: Severity | None = None
    rule: str | None = None
    limit: int = 100
    cursor: str | None = None
    overlapping: bool = False


# What each field of a query asks of a row.
_CONDITIONS: Mapping[str, str] = {
    "start": "triggered_at >= ?",
    "end": "triggered_at < ?",
    "state": "state = ?",
    "severity": "severity = ?",
    "rule": "rule = ?",
}
_LASTED = "ifnull(resolved_at, 9e99) >= ?"
_DELIVERIES = """
SELECT outbox.alert, outbox.channel, outbox.event,
  CASE outbox.state WHEN 'bundled' THEN messages.state ELSE outbox.state END AS state,
  coalesce(messages.attempts, 0) AS attempts, messages.ended_at, messages.answer
FROM outbox LEFT JOIN messages ON messages.number = outbox.message
WHERE outbox.alert IN (%s) ORDER BY outbox.number
"""


def parse_cursor(cursor: str) -> tuple[float, int]:
    """Read a page's cursor; raises ValueError for what is none."""
    time, _, number = cursor.partition("-")
    return float(time), int(number)


class AlertHistory:
    """The alerts table."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def page(self, query: Query) -> Page:
        """Give one page; raises ValueError for a cursor that is none."""
        wanted = {name: value for name in _CONDITIONS if (value := getattr(query, name)) is not None}
        conditions = [_LASTED if name == "start" and query.overlapping else _CONDITIONS[name] for name in wanted]
        values: list[object] = list(wanted.values())
        if query.cursor is not None:
            conditions.append("(triggered_at, number) < (?, ?)")
            values += parse_cursor(query.cursor)
        limit = max(1, min(query.limit, MOST_A_PAGE))
        where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        rows = self._journal.read(
            f"SELECT * FROM alerts {where} ORDER BY triggered_at DESC, number DESC LIMIT ?",  # noqa: S608 (our own words)
            [*values, limit + 1],
        )
        more = len(rows) > limit
        last = rows[limit - 1] if more else None
        cursor = f"{last['triggered_at']!r}-{last['number']}" if last else None
        return Page(self._incidents(rows[:limit]), cursor)

    def active(self) -> tuple[Incident, ...]:
        """Give those that have not ended, the newest first."""
        rows = self._journal.read(
            "SELECT * FROM alerts WHERE resolved_at IS NULL ORDER BY triggered_at DESC, number DESC"
        )
        return self._incidents(rows)

    def get(self, alert: str) -> Incident | None:
        """Give one by its id."""
        return next(iter(self._incidents(self._journal.read("SELECT * FROM alerts WHERE id = ?", (alert,)))), None)

    def acknowledge(self, alert: str, now: float) -> bool:
        """Note that somebody knows; messages about its firing that wait are held back for good."""

        def work(db: sqlite3.Connection) -> bool:
            changed = db.execute(
                "UPDATE alerts SET acknowledged_at = coalesce(acknowledged_at, ?) WHERE id = ?", (now, alert)
            )
            return changed.rowcount > 0

        return self._journal.write(work)

    def prune(self, before: float) -> int:
        """Forget what ended before a time, deliveries and all; gives how many alerts that were."""

        def work(db: sqlite3.Connection) -> int:
            gone = db.execute("DELETE FROM alerts WHERE resolved_at < ?", (before,)).rowcount
            db.execute("DELETE FROM messages WHERE created_at < ? AND state != 'sending'", (before,))
            return gone

        return self._journal.write(work)

    def _incidents(self, rows: Sequence[sqlite3.Row]) -> tuple[Incident, ...]:
        deliveries = self._deliveries([row["number"] for row in rows])
        return tuple(incident(row, deliveries.get(row["number"], ())) for row in rows)

    def _deliveries(self, numbers: Sequence[int]) -> Mapping[int, Iterable[Delivery]]:
        found: dict[int, list[Delivery]] = {}
        if numbers:
            marks = ", ".join("?" * len(numbers))
            for alert, *delivery in self._journal.read(_DELIVERIES % marks, numbers):
                found.setdefault(alert, []).append(Delivery(*delivery))
        return found


def incident(row: sqlite3.Row, deliveries: Iterable[Delivery] = ()) -> Incident:
    """Make an incident of a row of the alerts table."""
    values = {name: row[name] for name in row.keys() if name != "number"}  # noqa: SIM118 (a row is no mapping)
    values["labels"] = tuple((name, value) for name, value in json.loads(row["labels"]))
    values["processes"] = tuple(Process(*process) for process in json.loads(row["processes"]))
    values["gone"] = bool(row["gone"])
    return Incident(**values, deliveries=tuple(deliveries))
