"""Rules, and what they would have done."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

from traybeat.api.types.metrics import SeriesRange
from traybeat.engine.status import Top
from traybeat.model.alert import Rule


class Rules(msgspec.Struct, frozen=True):
    """The rules in force; `faults` are those of an edit of the file that was not taken on."""

    rules: tuple[Rule, ...]
    path: str
    faults: tuple[str, ...]
    notice: str | None


class Firing(msgspec.Struct, frozen=True):
    """One time a rule would have fired. Unix seconds; `resolved_at` is None where it lasted to the end.

    `processes` are those that weighed most then; given for the latest firings, as far as history knows them.
    """

    labels: Mapping[str, str]
    triggered_at: float
    resolved_at: float | None
    value: float | None
    worst: float | None
    processes: tuple[Top, ...]


class Miss(msgspec.Struct, frozen=True):
    """A time in which the condition was seen to hold for `observed` seconds, though no alert came of it.

    It ended too early (`short`), nobody looked for too long (`asleep`), or the last alert was too recent (`cooldown`).
    """

    labels: Mapping[str, str]
    began_at: float
    ended_at: float
    observed: float
    worst: float | None
    reason: Literal["short", "asleep", "cooldown"]
    processes: tuple[Top, ...]


class Suggestion(msgspec.Struct, frozen=True):
    """A threshold to consider, and how often the rule would have fired with it, in all and a week."""

    threshold: float
    firings: int
    a_week: float


class Backtest(msgspec.Struct, frozen=True):
    """What a rule would have done from `start` to `end`; `known_since` is where history begins, None without any.

    `looks` are what the rule compared with its threshold, reduced, of at most eight of the series.
    """

    start: float
    end: float
    known_since: float | None
    series: int
    seconds: float
    firings: tuple[Firing, ...]
    misses: tuple[Miss, ...]
    suggestions: tuple[Suggestion, ...]
    looks: tuple[SeriesRange, ...]


class BacktestQuery(msgspec.Struct, frozen=True):
    """How many days to look back, and in how many points to give what the rule looked at; 0 gives none."""

    days: float = 7.0
    points: Annotated[int, msgspec.Meta(ge=0, le=2000)] = 0
