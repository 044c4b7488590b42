"""Rules, and what they would have done."""

from collections.abc import Mapping

import msgspec

from traybeat.model.alert import Rule


class Rules(msgspec.Struct, frozen=True):
    """The rules in force; `faults` are those of an edit of the file that was not taken on."""

    rules: tuple[Rule, ...]
    path: str
    faults: tuple[str, ...]
    notice: str | None


class Firing(msgspec.Struct, frozen=True):
    """One time a rule would have fired. Unix seconds; `resolved_at` is None where it lasted to the end."""

    labels: Mapping[str, str]
    triggered_at: float
    resolved_at: float | None
    value: float | None
    worst: float | None


class Suggestion(msgspec.Struct, frozen=True):
    """A threshold to consider, and how often the rule would have fired with it, in all and a week."""

    threshold: float
    firings: int
    a_week: float


class Backtest(msgspec.Struct, frozen=True):
    """What a rule would have done from `start` to `end`; `known_since` is where history begins, None without any."""

    start: float
    end: float
    known_since: float | None
    series: int
    seconds: float
    firings: tuple[Firing, ...]
    suggestions: tuple[Suggestion, ...]


class BacktestQuery(msgspec.Struct, frozen=True):
    """How many days to look back."""

    days: float = 7.0
