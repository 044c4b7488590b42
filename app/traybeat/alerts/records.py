"""Writes down what the evaluation finds: what fired and ended, what is to be told, how far each watch has come."""

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Sequence

from traybeat.alerts.evaluation import Change
from traybeat.alerts.journal import Journal
from traybeat.alerts.template import Facts, fill, unit
from traybeat.alerts.watch import Standing, Subject
from traybeat.model.alert import Alert, Labels, Rule, State
from traybeat.model.text import clean

_BEGIN = """
INSERT INTO alerts (id, rule, name, metric, labels, unit, operator, threshold, severity, state, triggered_at,
  value, worst, last, text, processes)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'firing', ?, ?, ?, ?, ?, ?)
"""
_TELL = "INSERT INTO outbox (alert, event, channel, state, created_at, due_at) VALUES (?, ?, ?, 'waiting', ?, ?)"
# An end is told where the beginning was, or still is to be.
_TELL_END = """
INSERT OR IGNORE INTO outbox (alert, event, channel, state, created_at, due_at)
SELECT alert, 'resolved', outbox.channel, 'waiting', ?, ? FROM outbox
LEFT JOIN messages ON messages.number = outbox.message
WHERE alert = ? AND event = 'triggered' AND outbox.state != 'dropped' AND coalesce(messages.state, '') != 'dead'
"""
_END = """
UPDATE alerts SET state = 'resolved', resolved_at = ?, last = ?, worst = coalesce(?, worst), gone = ?
WHERE number = ?
"""
_KEEP = "INSERT INTO standings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_LOAD = """
SELECT * FROM standings WHERE state NOT IN ('firing', 'unknown')
  OR EXISTS (
    SELECT 1 FROM alerts
    WHERE alerts.rule = standings.rule AND alerts.labels = standings.labels AND resolved_at IS NULL
  )
"""
_FOLLOW = "UPDATE alerts SET state = ?, last = ?, worst = ? WHERE rule = ? AND labels = ? AND resolved_at IS NULL"


def labels_text(labels: Labels) -> str:
    """Write labels as the journal has them."""
    return json.dumps(labels, ensure_ascii=False)


class Records:
    """Keeps the journal in step with the evaluation.

    `channels` names those that are set up; `host` is this machine's name. Times are Unix seconds.
    """

    def __init__(self, journal: Journal, host: str, channels: Callable[[], Sequence[str]]) -> None:
        self._journal = journal
        self._host = host
        self._channels = channels

    def write(self, changes: Iterable[Change], standings: Iterable[Standing], now: float, group: float) -> None:
        """Write changes and standings in one transaction; what is to be told is due `group` seconds from now."""
        changes, standings = tuple(changes), tuple(standings)

        def work(db: sqlite3.Connection) -> None:
            for change in changes:
                if change.after.active:
                    self._begin(db, change, now, group)
                else:
                    _end(db, change.rule.id, change.subject.labels, change.after, now, group)
            _keep(db, standings)

        self._journal.write(work)

    def load(self) -> tuple[Standing, ...]:
        """Give the standings of the last run.

        One that is active without its alert having been written down is left out: it would never be told.
        """
        rows = self._journal.read(_LOAD)
        return tuple(
            Standing(
                rule, Subject(metric, tuple((n, v) for n, v in json.loads(labels)), source), Alert(State(state), *rest)
            )
            for rule, metric, labels, source, state, *rest in rows
        )

    def lose(self, standings: Sequence[Standing], now: float, group: float) -> None:
        """End the alerts that nothing will ever be heard of again: no standing is left of them."""
        known = {(one.rule, labels_text(one.subject.labels)) for one in standings if one.alert.active}
        open_ = self._journal.read("SELECT rule, labels FROM alerts WHERE resolved_at IS NULL")
        lost = [row for row in open_ if (row["rule"], row["labels"]) not in known]

        def work(db: sqlite3.Connection) -> None:
            for row in lost:
                labels = tuple((name, value) for name, value in json.loads(row["labels"]))
                _end(db, row["rule"], labels, Alert(), now, group)
            _keep(db, standings)

        self._journal.write(work)

    def _begin(self, db: sqlite3.Connection, change: Change, now: float, group: float) -> None:
        rule, labels, after = change.rule, change.subject.labels, change.after
        _end(db, rule.id, labels, Alert(), now, group)
        text = clean(fill(Facts(rule, labels, after.value, self._host)), 1000)
        values = (after.value_at_trigger, after.worst, after.value, text, json.dumps(change.processes))
        head = (os.urandom(8).hex(), rule.id, rule.name or rule.id, rule.metric, labels_text(labels), unit(rule))
        number = db.execute(_BEGIN, (*head, rule.operator, rule.threshold, rule.severity, now, *values)).lastrowid
        db.executemany(_TELL, [(number, "triggered", channel, now, now + group) for channel in self._wanted(rule)])

    def _wanted(self, rule: Rule) -> Sequence[str]:
        known = self._channels()
        return known if rule.channels is None else [name for name in dict.fromkeys(rule.channels) if name in known]


def _end(db: sqlite3.Connection, rule: str, labels: Labels, after: Alert, now: float, group: float) -> None:
    row = db.execute(
        "SELECT number FROM alerts WHERE (rule, labels) = (?, ?) AND resolved_at IS NULL", (rule, labels_text(labels))
    ).fetchone()
    if row is None:
        return
    # Whoever ends without a last look had its series or its rule taken away.
    gone = after.seen != after.resolved or after.resolved is None
    db.execute(_END, (now, after.value, after.worst, gone, row["number"]))
    db.execute(_TELL_END, (now, now + group, row["number"]))


def _keep(db: sqlite3.Connection, standings: Iterable[Standing]) -> None:
    db.execute("DELETE FROM standings")
    for rule, subject, alert in standings:
        labels = labels_text(subject.labels)
        moments = (alert.observed, alert.seen, alert.value, alert.triggered, alert.value_at_trigger, alert.worst)
        db.execute(_KEEP, (rule, subject.metric, labels, subject.source, alert.state.value, *moments, alert.resolved))
        if alert.active:
            db.execute(_FOLLOW, (alert.state.value, alert.value, alert.worst, rule, labels))
