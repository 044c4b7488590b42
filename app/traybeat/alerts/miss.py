"""Near misses: times in which a rule's condition held, but no alert came of it."""

from typing import Literal, NamedTuple

from traybeat.alerts.condition import worse
from traybeat.model.alert import Alert, Labels, Rule, State

NEAR = 0.5
"""What held for a smaller share of a rule's `for` than this was not near."""

Reason = Literal["short", "asleep", "cooldown"]


class Miss(NamedTuple):
    """One near miss. Times are Unix seconds; `observed` is for how many seconds the condition was seen to hold.

    It ended too early (`short`), nobody looked for too long (`asleep`), or the last alert was too recent (`cooldown`).
    """

    labels: Labels
    began_at: float
    ended_at: float
    observed: float
    worst: float | None
    reason: Reason


class Misses:
    """Follows one watch through the past and tells each pending stretch that ended without an alert."""

    def __init__(self, rule: Rule, labels: Labels) -> None:
        self._rule = rule
        self._labels = labels
        self._required = rule.for_duration_minutes * 60
        self._pending: Miss | None = None

    def look(self, alert: Alert, value: float | None, time: float) -> Miss | None:
        """Take a look's outcome; gives the miss that it ended."""
        pending, holds = self._pending, alert.state is State.PENDING
        if pending is not None and holds and alert.observed >= pending.observed:
            worst = worse(self._rule, pending.worst, value)
            self._pending = pending._replace(ended_at=time, observed=alert.observed, worst=worst)
            return None
        self._pending = Miss(self._labels, time, time, alert.observed, value, "short") if holds else None
        if pending is None or alert.state is State.FIRING:
            return None
        return self._near(pending, again=holds)

    def _near(self, pending: Miss, *, again: bool) -> Miss | None:
        if pending.observed >= self._required:
            return pending._replace(reason="cooldown")
        if pending.observed < NEAR * self._required:
            return None
        # A condition that still holds begins again only where what was seen of it is too old.
        return pending._replace(reason="asleep" if again else "short")
