"""What the evaluation keeps for each series, and for each rule over it."""

from typing import NamedTuple

from traybeat.alerts.condition import COMPARISONS, Comparison
from traybeat.alerts.matcher import fixed
from traybeat.alerts.step import honest_gap, spent
from traybeat.alerts.window import Window
from traybeat.model.alert import Alert, Labels, Reduction, Rule


class Subject(NamedTuple):
    """The series that an alert is about. `source` is the collector that gives it; labels are in the metric's order."""

    metric: str
    labels: Labels
    source: str = ""


class Standing(NamedTuple):
    """One alert that is not simply inactive, as it survives a restart."""

    rule: str
    subject: Subject
    alert: Alert


class Series:
    """One series that rules watch.

    `seen` is when it last gave a value, `missed` for how long its source has been read since without giving it.
    `windows` are shared by rules with the same reduction; `cold` says that one of them began without a past.
    """

    __slots__ = ("absences", "cold", "missed", "seen", "subject", "watches", "windows")

    def __init__(self, subject: Subject, now: float) -> None:
        self.subject = subject
        self.seen = now
        self.missed = 0.0
        self.cold = False
        self.windows: dict[Reduction, Window] = {}
        self.watches: list[Watch] = []
        self.absences: list[Absence] = []

    def window(self, reduction: Reduction) -> Window | None:
        """Give the window for a reduction; the newest value alone needs none."""
        if reduction.function == "last":
            return None
        if reduction not in self.windows:
            self.windows[reduction] = Window(reduction)
            self.cold = True
        return self.windows[reduction]


class Watch:
    """One rule over one series, or over the absence of any. `alert` is None while there is nothing to remember."""

    __slots__ = ("alert", "holds", "rule", "series", "subject", "threshold", "window")

    def __init__(self, rule: Rule, subject: Subject, series: Series | None = None) -> None:
        self.rule = rule
        self.subject = subject
        self.series = series
        self.window = None if series is None else series.window(rule.reduce)
        self.alert: Alert | None = None
        self.holds: Comparison = COMPARISONS[rule.operator]
        self.threshold = 0.0 if rule.threshold is None else rule.threshold

    def take(self, alert: Alert, now: float) -> None:
        """Take the alert's next state on; forget one that is over and done with."""
        self.alert = None if spent(self.rule, alert, now) else alert


class Absence:
    """A rule that fires where nothing comes.

    `seen` is when one of its series last gave a value, or when we began; `value` is that value, None as long as none
    came.
    """

    __slots__ = ("gap", "seen", "value", "watch")

    def __init__(self, rule: Rule, now: float) -> None:
        self.watch = Watch(rule, Subject(rule.metric, tuple(fixed(rule.labels).items())))
        self.seen = now
        self.gap = honest_gap(0)
        self.value: float | None = None

    def absent(self, now: float) -> bool:
        """Say whether nothing has come for so long that it counts."""
        return now - self.seen > self.gap
