"""Moves every alert on as batches come in; all in memory, on whatever thread hands the batches over."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from traybeat.alerts.culprits import culprits
from traybeat.alerts.index import Index, key_of
from traybeat.alerts.step import end, honest_gap, resume, step, unseen
from traybeat.alerts.watch import Absence, Standing, Subject, Watch
from traybeat.model.alert import Alert, Rule
from traybeat.model.metric import Batch
from traybeat.model.readings.process import Process

SWEEP_SECONDS = 1.0
FORGET_SECONDS = 600.0

_QUIET = Alert()


class Change(NamedTuple):
    """An alert that fired or ended: `after.active` tells which. `processes` are what the machine was busy with."""

    rule: Rule
    subject: Subject
    after: Alert
    processes: tuple[Process, ...] = ()


class Cold(NamedTuple):
    """A series with a window that has just begun and could be filled with its last `seconds` from history."""

    subject: Subject
    seconds: float


class Evaluation:
    """All rules over all series.

    `cadence` gives the seconds from one batch of a source to the next, as they should come. Times are seconds of one
    clock that never goes back and goes on in sleep. Not to be called from two threads at once.
    """

    def __init__(self, rules: Sequence[Rule], cadence: Callable[[str], float], now: float) -> None:
        self._cadence = cadence
        self._index = Index(rules, now)
        self._live: dict[Watch, None] = {}
        self._beats: dict[str, float] = {}
        self._swept = self._forgot = now
        self._processes: tuple[Process, ...] = ()

    def replace(self, rules: Sequence[Rule], now: float) -> list[Change]:
        """Watch other rules; an alert whose rule watches its series no longer ends."""
        before = list(self._live)
        index = Index(rules, now)
        index.inherit(self._index)
        self._index, self._live = index, {}
        lost = [watch for watch in before if not self._adopt(watch.rule.id, watch.subject, watch.alert, now)]
        return [Change(one.rule, one.subject, end(one.alert, now)) for one in lost if one.alert and one.alert.active]

    def restore(self, standings: Iterable[Standing], now: float) -> tuple[Standing, ...]:
        """Go on after a restart; gives those alerts back that no rule watches for any longer."""
        lost = []
        for one in standings:
            watch = self._index.find(one.rule, one.subject, now)
            resumed = resume(watch.rule, one.alert, now) if watch else None
            if not self._adopt(one.rule, one.subject, resumed, now):
                lost.append(one)
        return tuple(lost)

    def standings(self) -> tuple[Standing, ...]:
        """Give every alert that is not simply inactive."""
        return tuple(Standing(one.rule.id, one.subject, one.alert) for one in self._live if one.alert is not None)

    def accept(self, batch: Batch, now: float) -> list[Change]:
        """Move on the alerts that a batch is about, and those that time alone moves."""
        changes: list[Change] = []
        if batch.processes:
            self._processes = batch.processes
        if batch.error is None:
            gap = honest_gap(self._cadence(batch.source))
            self._look(batch, now, gap, changes)
            self._miss(batch.source, now, gap, changes)
        if now - self._swept >= SWEEP_SECONDS:
            self._sweep(now, changes)
        return changes

    def cold(self) -> tuple[Cold, ...]:
        """Give each series with a window that began without a past, once."""
        found = [series for series in self._index.series.values() if series.cold]
        for series in found:
            series.cold = False
        return tuple(Cold(one.subject, max(window.seconds for window in one.windows.values())) for one in found)

    def warm(self, subject: Subject, points: Sequence[tuple[float, float]]) -> None:
        """Give a series' windows the past that history knows: times of our clock, and values."""
        series = self._index.series.get(key_of(subject))
        for window in series.windows.values() if series else ():
            window.precede(points)

    def _look(self, batch: Batch, now: float, gap: float, changes: list[Change]) -> None:
        known, watched = self._index.series, self._index.metrics
        for metric, labels, value in batch.samples:
            if metric.name not in watched:
                continue
            series = known.get((metric.name, labels)) or self._index.begin(metric, labels, batch.source, now)
            series.seen, series.missed = now, 0.0
            for window in series.windows.values():
                window.add(now, value)
            for absence in series.absences:
                absence.seen, absence.gap, absence.value = now, gap, value
            for watch in series.watches:
                looked = value if watch.window is None else watch.window.value
                if watch.alert is None and (looked is None or not watch.holds(looked, watch.threshold)):
                    continue
                self._move(watch, step(watch.rule, watch.alert or _QUIET, looked, now, gap), now, changes)

    def _miss(self, source: str, now: float, gap: float, changes: list[Change]) -> None:
        """End the alerts of series that their source has not given for long, although it was read."""
        since = now - self._beats.get(source, now)
        self._beats[source] = now
        if since > gap or not self._live:
            return
        missed = {one.series for one in self._live if one.series is not None and one.subject.source == source}
        for series in missed:
            if series.seen == now:
                continue
            series.missed += since
            if series.missed > gap:
                for watch in series.watches:
                    if watch.alert is not None:
                        self._move(watch, end(watch.alert, now), now, changes)

    def _sweep(self, now: float, changes: list[Change]) -> None:
        elapsed, self._swept = now - self._swept, now
        gap = honest_gap(SWEEP_SECONDS)
        for watch in list(self._live):
            if watch.series is not None and watch.alert is not None:
                slept = unseen(watch.alert, now, honest_gap(self._cadence(watch.subject.source)))
                self._move(watch, slept, now, changes)
        for absence in self._index.absences.values():
            if elapsed > gap:
                absence.seen += elapsed
            self._await(absence, now, gap, changes)
        if now - self._forgot >= FORGET_SECONDS:
            self._forgot = now
            self._index.forget(now, {one.series for one in self._live if one.series is not None})

    def _await(self, absence: Absence, now: float, gap: float, changes: list[Change]) -> None:
        watch, rule, alert = absence.watch, absence.watch.rule, absence.watch.alert
        if absence.absent(now):
            if alert is None:
                # It was watched since the last value came, only not yet called absent.
                alert, gap = step(rule, _QUIET, None, absence.seen, gap), now - absence.seen
            self._move(watch, step(rule, alert, None, now, gap), now, changes)
        elif alert is not None and absence.value is not None:
            self._move(watch, step(rule, alert, absence.value, now, gap), now, changes)

    def _move(self, watch: Watch, after: Alert, now: float, changes: list[Change]) -> None:
        was_active = watch.alert is not None and watch.alert.active
        watch.take(after, now)
        if watch.alert is None:
            self._live.pop(watch, None)
        else:
            self._live[watch] = None
        if after.active != was_active:
            processes = culprits(watch.rule.metric, self._processes) if after.active else ()
            changes.append(Change(watch.rule, watch.subject, after, processes))

    def _adopt(self, rule_id: str, subject: Subject, alert: Alert | None, now: float) -> bool:
        watch = None if alert is None else self._index.find(rule_id, subject, now)
        if watch is None:
            return False
        watch.alert = alert
        self._live[watch] = None
        return True
