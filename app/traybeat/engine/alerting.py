"""Alerts, live: takes every batch, keeps the journal in step, follows the rules file and the settings."""

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

from traybeat.alerts.evaluation import Change, Cold, Evaluation
from traybeat.alerts.history import AlertHistory
from traybeat.alerts.journal import Journal
from traybeat.alerts.past import Past
from traybeat.alerts.records import Records
from traybeat.alerts.rulebook import Rulebook
from traybeat.alerts.silence import Silence, quiet_hours, quiet_hours_faults
from traybeat.alerts.watch import Standing
from traybeat.host.logs import fields
from traybeat.model.alert import SEVERITIES, Rule
from traybeat.model.errors import Fault
from traybeat.model.metric import Batch, Sample, gauge
from traybeat.model.service import Clock
from traybeat.model.settings import Settings
from traybeat.model.stop import Stop

log = logging.getLogger("traybeat.alerting")

LOOK_SECONDS = 1.0
KEEP_SECONDS = 30.0
MEND_SECONDS = 60.0
PRUNE_SECONDS = 6 * 3600.0
DAY_SECONDS = 86_400.0

ACTIVE = gauge("agent_alerts_active", "", "Alerts that have fired and not ended.", "severity")
METRICS = (ACTIVE,)


class Alerting:
    """A sink, a service and a listener. `wake` is called once something new is to be told.

    `cadence` gives the seconds between a source's batches. Construction reads the journal: how far each watch had come
    must be known before the first batch.
    """

    name = "alerting"

    def __init__(
        self,
        rulebook: Rulebook,
        journal: Journal,
        records: Records,
        silence: Silence,
        clock: Clock,
        cadence: Callable[[str], float],
        wake: Callable[[], None],
        past: Past,
        settings: Settings,
    ) -> None:
        self._rulebook = rulebook
        self._journal = journal
        self._records = records
        self._history = AlertHistory(journal)
        self._silence = silence
        self._clock = clock
        self._wake = wake
        self._past = past
        self._settings = settings.alerts
        # A clock that survives restarts, more or less, and never jumps.
        self._offset = clock.wall() - clock.monotonic()
        self._lock = threading.Lock()
        self._following = threading.Lock()
        self._news = threading.Event()
        self._changes: list[Change] = []
        self._kept: tuple[Standing, ...] = ()
        self._due = dict.fromkeys((KEEP_SECONDS, MEND_SECONDS, PRUNE_SECONDS), clock.monotonic())
        self._evaluation = Evaluation(rulebook.rules, cadence, self._now())
        self._restore()
        self._silence.quiet_hours = quiet_hours(settings.alerts.quiet_hours)

    def accept(self, batch: Batch) -> None:
        """Evaluate the rules that a batch is about; never waits for the disk."""
        with self._lock:
            changes = self._evaluation.accept(batch, self._now())
            self._changes += changes
        if changes:
            self._news.set()

    def run(self, stop: Stop) -> None:
        """Write down what happens until `stop`, and then what is left."""
        stop.call(self._news.set)
        while not stop.is_set():
            self.tick()
            self._news.wait(LOOK_SECONDS)
            self._news.clear()
        self._keep(force=True)

    def tick(self) -> None:
        """Do what is due."""
        with self._following:
            self._replace(self._rulebook.poll())
        self._warm()
        try:
            self._keep(force=self._is_due(KEEP_SECONDS))
            if self._is_due(MEND_SECONDS):
                self._journal.mend()
            if self._is_due(PRUNE_SECONDS):
                self._history.prune(self._clock.wall() - self._settings.history_days * DAY_SECONDS)
        except sqlite3.Error as error:
            log.warning("journal can't be written yet", extra=fields(part=self.name, kind=type(error).__name__))

    def follow(self) -> None:
        """Look at the rules file now and take it on: whoever calls has just written it, whole."""
        with self._following:
            self._rulebook.poll()
            self._replace(self._rulebook.poll())

    def check(self, new: Settings) -> tuple[Fault, ...]:
        """Say what of the quiet hours can't be."""
        return tuple(replace(one, path=f"alerts.{one.path}") for one in quiet_hours_faults(new.alerts.quiet_hours))

    def apply(self, old: Settings, new: Settings) -> None:
        """Take new settings on; what was held back may be due now."""
        self._settings = new.alerts
        if old.alerts.quiet_hours != new.alerts.quiet_hours:
            self._silence.quiet_hours = quiet_hours(new.alerts.quiet_hours)
            self._wake()

    def standings(self) -> tuple[Standing, ...]:
        """Say how far each watch has come that is not simply inactive."""
        with self._lock:
            return self._evaluation.standings()

    def counts(self) -> Iterator[Sample]:
        """Count the active alerts."""
        severities = {rule.id: rule.severity for rule in self._rulebook.rules}
        active = [severities.get(one.rule) for one in self.standings() if one.alert.active]
        for severity in SEVERITIES:
            yield ACTIVE.sample(active.count(severity), severity)

    def _replace(self, rules: tuple[Rule, ...] | None) -> None:
        if rules is not None:
            with self._lock:
                self._changes += self._evaluation.replace(rules, self._now())
            self._news.set()

    def _now(self) -> float:
        return self._clock.monotonic() + self._offset

    def _is_due(self, every: float) -> bool:
        now = self._clock.monotonic()
        if now < self._due[every]:
            return False
        self._due[every] = now + every
        return True

    def _restore(self) -> None:
        lost = self._evaluation.restore(self._records.load(), self._now())
        if lost:
            log.info("alerts of rules that are gone were ended", extra=fields(part=self.name, alerts=len(lost)))
        self._kept = self._evaluation.standings()
        self._records.lose(self._kept, self._clock.wall(), self._settings.group_seconds)

    def _keep(self, *, force: bool) -> None:
        """Write changes and standings; both as of one moment, so that none is kept without the other."""
        with self._lock:
            changes, standings = tuple(self._changes), self._evaluation.standings()
        if not changes and not (force and standings != self._kept):
            return
        self._records.write(changes, standings, self._clock.wall(), self._settings.group_seconds)
        with self._lock:
            del self._changes[: len(changes)]
        self._kept = standings
        for change in changes:
            event = "alert fires" if change.after.active else "alert is over"
            log.info("%s", event, extra=fields(rule=change.rule.id, labels=dict(change.subject.labels)))
        if changes:
            self._wake()

    def _warm(self) -> None:
        """Fill windows that began without a past from history."""
        with self._lock:
            cold = self._evaluation.cold()
        for one in cold:
            points = self._points(one)
            with self._lock:
                self._evaluation.warm(one.subject, points)

    def _points(self, cold: Cold) -> list[tuple[float, float]]:
        wall = self._clock.wall()
        shift = self._now() - wall
        wanted = dict(cold.subject.labels)
        return [
            (time + shift, value)
            for stretch in self._past(cold.subject.metric, wall - cold.seconds, wall)
            if dict(stretch.labels) == wanted
            for time, value in zip(stretch.times, stretch.averages, strict=True)
        ]
