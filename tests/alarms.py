"""A journal with everything around it, for the tests of alerts and of their delivery."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from fakes import FakeClock
from traybeat.alerts.evaluation import Change
from traybeat.alerts.history import AlertHistory, Incident, Query
from traybeat.alerts.journal import Journal
from traybeat.alerts.outbox import Outbox, Parcel
from traybeat.alerts.records import Records
from traybeat.alerts.silence import Silence, Snoozes
from traybeat.alerts.watch import Standing, Subject
from traybeat.model.alert import Alert, Labels, Rule, State
from traybeat.model.readings.process import Process

HOT = Rule("hot", "system_cpu_busy_ratio", "CPU busy", threshold=0.9, message="{rule}: {value} on {host}")
FULL = Rule("full", "system_filesystem_used_ratio", "Disk full", threshold=0.95, severity="critical")
MAKE = Process(42, "make", "ann", 0.91, 2.5e8)


def firing(value: float = 0.95, at: float = 0.0, worst: float | None = None) -> Alert:
    worst = value if worst is None else worst
    return Alert(State.FIRING, 300.0, at, value, at, value, worst)


def ended(alert: Alert, value: float = 0.4, at: float = 60.0) -> Alert:
    return replace(alert, state=State.RESOLVED, seen=at, value=value, resolved=at)


class Desk:
    """Alerts begin and end here by hand; the journal is a real one."""

    def __init__(self, directory: Path, channels: Sequence[str] = ("email", "slack"), group: float = 10.0) -> None:
        self.clock = FakeClock()
        self.journal = Journal(directory / "journal.db", self.clock.wall)
        self.history = AlertHistory(self.journal)
        self.snoozes = Snoozes(self.journal)
        self.silence = Silence(self.snoozes)
        self.channels = list(channels)
        self.records = Records(self.journal, "box", lambda: self.channels)
        self.outbox = Outbox(self.journal, self.silence, "box")
        self.group = group
        self.standing: dict[tuple[str, Labels], Standing] = {}

    @property
    def now(self) -> float:
        return self.clock.wall()

    def begin(self, rule: Rule = HOT, value: float = 0.95, **labels: str) -> Incident:
        self.clock.go(1)
        subject = Subject(rule.metric, tuple(labels.items()), "test")
        alert = firing(value, self.now)
        self.standing[rule.id, subject.labels] = Standing(rule.id, subject, alert)
        self._write(Change(rule, subject, alert, (MAKE,)))
        return self.history.page(Query(limit=1)).incidents[0]

    def finish(self, rule: Rule = HOT, value: float = 0.4, *, gone: bool = False, **labels: str) -> None:
        self.clock.go(1)
        standing = self.standing.pop((rule.id, tuple(labels.items())))
        after = ended(standing.alert, value, self.now)
        self._write(Change(rule, standing.subject, replace(after, seen=0.0) if gone else after))

    def _write(self, change: Change) -> None:
        self.records.write([change], self.standing.values(), self.now, self.group)

    def parcel(self, channel: str = "email") -> Parcel:
        found = self.outbox.next(channel, self.now)
        assert isinstance(found, Parcel), found
        return found

    def deliver(self, channel: str = "email") -> list[str]:
        """Wait out the group and send what is there; gives what was told."""
        self.clock.go(self.group)
        found = self.outbox.next(channel, self.now)
        if not isinstance(found, Parcel):
            return []
        self.outbox.sent(found, "fine", self.now)
        return told(found)


def told(parcel: Parcel) -> list[str]:
    return [" ".join((one.rule, *one.labels.values(), one.event)) for one in parcel.message.notices]
