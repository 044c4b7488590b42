"""/api/alerts: what is active, what was, and quiet."""

from collections.abc import Callable, Mapping
from typing import Any

from traybeat.alerts.history import AlertHistory, Incident, Query
from traybeat.alerts.silence import Silence, Snooze, Snoozes, tomorrow
from traybeat.api.route import Call, ProblemError, Route
from traybeat.api.routes.times import moment
from traybeat.api.types import alerts as types
from traybeat.engine.status import Top
from traybeat.model.alert import SEVERITIES
from traybeat.model.service import Clock

GROUP = "alerts"


class AlertRoutes:
    """Answers about alerts; `changed` is called when something is acknowledged or kept quiet."""

    def __init__(
        self, history: AlertHistory, snoozes: Snoozes, silence: Silence, changed: Callable[[], None], clock: Clock
    ) -> None:
        self._history = history
        self._snoozes = snoozes
        self._silence = silence
        self._changed = changed
        self._clock = clock

    def routes(self) -> tuple[Route, ...]:
        """Give the routes."""
        return (
            Route("GET", "/api/alerts/active", "listActiveAlerts", "The alerts that have not ended", self.active,
                  types.ActiveAlerts, group=GROUP),
            Route("GET", "/api/alerts/history", "listAlerts", "Past and present alerts, page by page", self.page,
                  types.AlertPage, types.HistoryQuery, problems=(422,), group=GROUP),
            Route("POST", "/api/alerts/{id}/acknowledge", "acknowledgeAlert", "Somebody knows", self.acknowledge,
                  types.AlertInfo, problems=(404,), group=GROUP),
            Route("POST", "/api/alerts/snooze", "snoozeAlerts", "Keep messages back for a while", self.snooze,
                  types.Snoozes, body=types.SnoozeRequest, problems=(400, 422), group=GROUP),
        )  # fmt: skip

    def active(self, call: Call | None = None) -> types.ActiveAlerts:  # noqa: ARG002 (handlers are called alike)
        """Give what has not ended."""
        return types.ActiveAlerts(tuple(map(self._told, self._history.active())), self._quiet())

    def page(self, call: Call) -> types.AlertPage:
        """Give a page."""
        asked = call.query
        start = None if asked.start is None else moment(asked.start, "start", 0.0)
        end = None if asked.end is None else moment(asked.end, "end", 0.0)
        query = Query(start, end, asked.state, asked.severity, asked.rule, asked.limit, asked.cursor, asked.overlapping)
        try:
            found = self._history.page(query)
        except ValueError:
            raise ProblemError(
                422, "This cursor is none of ours.", (("cursor", "take it from the page before"),)
            ) from None
        return types.AlertPage(tuple(map(self._told, found.incidents)), found.cursor)

    def acknowledge(self, call: Call) -> types.AlertInfo:
        """Note that somebody knows."""
        alert = call.path["id"]
        self._history.acknowledge(alert, self._clock.wall())
        found = self._history.get(alert)
        if found is None:
            raise ProblemError(404, f"There is no alert {alert!r}.")
        self._changed()
        return self._told(found)

    def snooze(self, call: Call) -> types.Snoozes:
        """Begin or end quiet."""
        asked = call.body
        if (asked.scope == "all") != (asked.target == ""):
            raise ProblemError(422, "Who shall be quiet?", (("target", "the rule's id or the severity; none for all"),))
        if asked.scope == "severity" and asked.target not in SEVERITIES:
            raise ProblemError(422, "No such severity.", (("target", f"one of {', '.join(SEVERITIES)}"),))
        now = self._clock.wall()
        until = _until(asked, now)
        if until <= now:
            self._snoozes.drop(asked.scope, asked.target)
        else:
            self._snoozes.put(Snooze(asked.scope, asked.target, until))
        self._changed()
        return types.Snoozes(self._quiet())

    def _quiet(self) -> tuple[types.SnoozeInfo, ...]:
        return tuple(types.SnoozeInfo(*one) for one in self._snoozes.all(self._clock.wall()))

    def _told(self, incident: Incident) -> types.AlertInfo:
        values: Mapping[str, Any] = {
            name: getattr(incident, name) for name in types.AlertInfo.__struct_fields__ if hasattr(incident, name)
        }
        ended = incident.resolved_at is not None
        quiet = None if ended else self._silence.until(incident.rule, incident.severity, self._clock.wall())
        return types.AlertInfo(
            **{
                **values,
                "labels": dict(incident.labels),
                "processes": tuple(Top(*one) for one in incident.processes),
                "deliveries": tuple(types.DeliveryInfo(*one) for one in incident.deliveries),
                "snoozed_until": quiet,
            }
        )


def _until(asked: types.SnoozeRequest, now: float) -> float:
    if (asked.seconds is None) == (asked.until is None):
        raise ProblemError(422, "For how long?", (("seconds", "either seconds or until"),))
    if asked.seconds is not None:
        return now + asked.seconds
    return tomorrow(now) if asked.until == "tomorrow" else float(asked.until or 0)
