"""Finds the rules for a series, once, when it first appears."""

from collections.abc import Callable, Mapping, Sequence

from traybeat.alerts.matcher import selector
from traybeat.alerts.watch import Absence, Series, Subject, Watch
from traybeat.model.alert import Labels, Rule
from traybeat.model.metric import Metric

Key = tuple[str, tuple[str, ...]]
FORGET_SECONDS = 3600.0


def key_of(subject: Subject) -> Key:
    """Give the key of a series: its metric's name and its label values."""
    return subject.metric, tuple(value for _, value in subject.labels)


class Index:
    """The enabled rules by metric, and the series seen so far with the rules that watch them."""

    def __init__(self, rules: Sequence[Rule], now: float) -> None:
        self.series: dict[Key, Series] = {}
        self.metrics: dict[str, list[tuple[Rule, Callable[[Mapping[str, str]], bool]]]] = {}
        self.absences: dict[str, Absence] = {}
        for rule in rules:
            if rule.enabled:
                self.metrics.setdefault(rule.metric, []).append((rule, selector(rule.labels)))
                if rule.absent:
                    self.absences[rule.id] = Absence(rule, now)

    def inherit(self, other: "Index") -> None:
        """Take the series over from an index of other rules, with what their windows hold."""
        for rule_id, absence in self.absences.items():
            if rule_id in other.absences:
                absence.seen, absence.value = other.absences[rule_id].seen, other.absences[rule_id].value
        for one in other.series.values():
            if one.subject.metric in self.metrics:
                series = self._add(one.subject, one.seen, one)
                used = {watch.rule.reduce for watch in series.watches}
                series.windows = {reduction: series.windows[reduction] for reduction in used & series.windows.keys()}

    def begin(self, metric: Metric, values: tuple[str, ...], source: str, now: float) -> Series:
        """Take a series in that was not seen before."""
        labels = tuple(zip(metric.labels, values, strict=True))
        return self._add(Subject(metric.name, labels, source), now)

    def find(self, rule_id: str, subject: Subject, now: float) -> Watch | None:
        """Find the watch of a rule over a series, or over its absence; None where the rule no longer watches that."""
        absence = self.absences.get(rule_id)
        if absence is not None:
            return absence.watch if absence.watch.subject[:2] == subject[:2] else None
        series = self.series.get(key_of(subject))
        if series is None:
            if not any(rule.id == rule_id and fits(dict(subject.labels)) for rule, fits in self._rules(subject)):
                return None
            series = self._add(subject, now)
        return next((watch for watch in series.watches if watch.rule.id == rule_id), None)

    def forget(self, now: float, keep: set[Series]) -> None:
        """Let go of series that have given nothing for long, but for those to keep."""
        gone = [key for key, one in self.series.items() if now - one.seen > FORGET_SECONDS and one not in keep]
        for key in gone:
            del self.series[key]

    def _rules(self, subject: Subject) -> Sequence[tuple[Rule, Callable[[Mapping[str, str]], bool]]]:
        return self.metrics.get(subject.metric, ())

    def _add(self, subject: Subject, seen: float, past: Series | None = None) -> Series:
        series = self.series[key_of(subject)] = Series(subject, seen)
        if past is not None:
            series.windows, series.cold = dict(past.windows), past.cold
        labels: Labels = subject.labels
        for rule, fits in self._rules(subject):
            if not fits(dict(labels)):
                continue
            if rule.absent:
                series.absences.append(self.absences[rule.id])
            else:
                series.watches.append(Watch(rule, subject, series))
        return series
