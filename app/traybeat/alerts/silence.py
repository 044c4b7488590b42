"""When messages are held back: quiet hours, and snoozes."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Literal, NamedTuple

from traybeat.alerts.journal import Journal
from traybeat.host.scalars import shown
from traybeat.model.alert import SEVERITIES, Severity
from traybeat.model.errors import Fault
from traybeat.model.settings import QuietHours as Settings

MORNING = time(8)
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")

Scope = Literal["all", "rule", "severity"]


class Snooze(NamedTuple):
    """Messages of all alerts, of one rule or of one severity, held back until a time in Unix seconds."""

    scope: Scope
    target: str
    until: float

    def covers(self, rule: str, severity: Severity) -> bool:
        """Say whether it is about this rule's alerts."""
        return self.scope == "all" or self.target == {"rule": rule, "severity": severity}[self.scope]


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` to `end` by the clock on the wall, every day; alerts of at least `minimum` severity pass."""

    start: time
    end: time
    minimum: Severity = "critical"

    def until(self, severity: Severity, now: float, zone: tzinfo | None = None) -> float | None:
        """Give the end of the quiet hours that `now` lies in, in Unix seconds; None where it lies in none.

        `zone` is the machine's own where it is None. On the days on which the clocks change the hours are as long as
        the wall clock makes them.
        """
        if SEVERITIES.index(severity) >= SEVERITIES.index(self.minimum):
            return None
        local = datetime.fromtimestamp(now, zone)
        clock = local.time()
        if self.start <= self.end:
            inside, ends = self.start <= clock < self.end, local.date()
        else:
            inside = clock >= self.start or clock < self.end
            ends = local.date() + timedelta(days=clock >= self.start)
        return moment(datetime.combine(ends, self.end, local.tzinfo), now) if inside else None


def quiet_hours(settings: Settings) -> QuietHours | None:
    """Understand the settings; None where there are no quiet hours."""
    start, end = clock_time(settings.start), clock_time(settings.end)
    if start is None or end is None or start == end:
        return None
    return QuietHours(start, end, settings.minimum_severity)


def quiet_hours_faults(settings: Settings) -> Iterator[Fault]:
    """Tell what is wrong with the settings."""
    for name in ("start", "end"):
        text = getattr(settings, name)
        other = settings.end if name == "start" else settings.start
        if text is None and other is not None:
            yield Fault(f"quiet_hours.{name}", "nothing", "a time such as 22:00: quiet hours need both ends")
        elif text is not None and clock_time(text) is None:
            yield Fault(f"quiet_hours.{name}", shown(text), "a time such as 22:00")


def clock_time(text: str | None) -> time | None:
    """Read a time such as 7:00 or 22:30."""
    match = _CLOCK.fullmatch(text or "")
    return time(int(match[1]), int(match[2])) if match else None


def moment(wanted: datetime, now: float) -> float:
    """Give a local time as Unix seconds, the later of the two where it comes twice and the first lies behind us."""
    first = wanted.timestamp()
    return first if first > now else wanted.replace(fold=1).timestamp()


def tomorrow(now: float, zone: tzinfo | None = None) -> float:
    """Give eight o'clock of the next day, in Unix seconds."""
    local = datetime.fromtimestamp(now, zone)
    return datetime.combine(local.date() + timedelta(days=1), MORNING, local.tzinfo).timestamp()


class Snoozes:
    """The snoozes in the journal."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def put(self, snooze: Snooze) -> None:
        """Begin a snooze, or change its end."""
        self._journal.write(
            lambda db: db.execute("INSERT OR REPLACE INTO snoozes (scope, target, until) VALUES (?, ?, ?)", snooze)
        )

    def drop(self, scope: Scope, target: str = "") -> None:
        """End a snooze early."""
        self._journal.write(
            lambda db: db.execute("DELETE FROM snoozes WHERE (scope, target) = (?, ?)", (scope, target))
        )

    def all(self, now: float) -> tuple[Snooze, ...]:
        """Give those that last."""
        rows = self._journal.read("SELECT scope, target, until FROM snoozes WHERE until > ? ORDER BY 1, 2", (now,))
        return tuple(Snooze(*row) for row in rows)


class Silence:
    """Quiet hours and snoozes together. `zone` is the machine's own where it is None."""

    def __init__(self, snoozes: Snoozes, zone: tzinfo | None = None) -> None:
        self._snoozes = snoozes
        self._zone = zone
        self.quiet_hours: QuietHours | None = None

    def until(self, rule: str, severity: Severity, now: float) -> float | None:
        """Give the end of the silence that holds an alert's messages back now; None where there is none."""
        ends = list(self._ends(rule, severity, now))
        return max(ends, default=None)

    def _ends(self, rule: str, severity: Severity, now: float) -> Iterable[float]:
        for snooze in self._snoozes.all(now):
            if snooze.covers(rule, severity):
                yield snooze.until
        if self.quiet_hours is not None:
            until = self.quiet_hours.until(severity, now, self._zone)
            if until is not None:
                yield until
