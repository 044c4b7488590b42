"""/api/alerts/rules/backtest: a rule, tried on the past."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from traybeat.alerts.backtest import Report, judge
from traybeat.alerts.culprits import culprits
from traybeat.alerts.desk import RulesDesk
from traybeat.alerts.digest import digest, foremost
from traybeat.alerts.looks import HEARTBEAT, Track, heartbeat, tracks
from traybeat.alerts.past import Past
from traybeat.alerts.suggestion import LEAST_SECONDS, compare
from traybeat.api.route import Call, ProblemError, Route
from traybeat.api.types.metrics import SeriesRange
from traybeat.api.types.rules import Backtest, BacktestQuery, Firing, Miss, Suggestion
from traybeat.engine.status import Top
from traybeat.model.alert import Rule
from traybeat.model.readings.process import Process
from traybeat.model.service import Clock

DAY_SECONDS = 86_400.0
MOST_DAYS = 400.0
MOST_DRAWN = 8
MOST_EXPLAINED = 12
"""So many firings, and so many near misses, are told with the processes of their moment: the latest of them."""

Running = Callable[[float], Iterable[Process]]
"""The processes at a moment, in Unix seconds; none where nothing is known."""


class Backtests:
    """Answers what rules would have done. `units` are the metrics' own; `since` says when a metric's history begins."""

    def __init__(
        self,
        desk: RulesDesk,
        past: Past,
        running: Running,
        since: Callable[[str], float | None],
        units: Mapping[str, str],
        clock: Clock,
    ) -> None:
        self._desk = desk
        self._past = past
        self._running = running
        self._since = since
        self._units = units
        self._clock = clock

    def routes(self) -> tuple[Route, ...]:
        """Give the routes."""
        return (
            Route("POST", "/api/alerts/rules/backtest", "backtestRule", "Try a rule on the past", self.answer,
                  Backtest, BacktestQuery, body=Rule, raw_body=True, problems=(400, 422), group="rules"),
        )  # fmt: skip

    def answer(self, call: Call) -> Backtest:
        """Try a rule."""
        rule = self._desk.check(call.body)
        if not 0 < call.query.days <= MOST_DAYS:
            raise ProblemError(422, "No such number of days.", (("days", f"more than 0, at most {MOST_DAYS:.0f}"),))
        end = self._clock.wall()
        start = end - call.query.days * DAY_SECONDS
        beats = heartbeat(self._past, start, end)
        followed = tracks(rule, self._past, beats, start, end)
        report = judge(rule, followed, beats, start, end)
        known = self._since(HEARTBEAT)
        return Backtest(
            start=start,
            end=end,
            known_since=known,
            series=report.series,
            seconds=report.seconds,
            firings=self._firings(rule, report),
            misses=self._misses(rule, report),
            suggestions=_suggested(rule, followed, beats, max(start, known or start), end),
            looks=tuple(self._looks(rule, followed, (start, end, call.query.points))),
        )

    def _firings(self, rule: Rule, report: Report) -> tuple[Firing, ...]:
        last = len(report.firings) - MOST_EXPLAINED
        return tuple(
            Firing(dict(one.labels), *one[1:], self._then(rule, one.triggered_at) if place >= last else ())
            for place, one in enumerate(report.firings)
        )

    def _misses(self, rule: Rule, report: Report) -> tuple[Miss, ...]:
        last = len(report.misses) - MOST_EXPLAINED
        return tuple(
            Miss(dict(one.labels), *one[1:], self._then(rule, one.ended_at) if place >= last else ())
            for place, one in enumerate(report.misses)
        )

    def _then(self, rule: Rule, moment: float) -> tuple[Top, ...]:
        return tuple(Top(*one) for one in culprits(rule.metric, self._running(moment)))

    def _looks(self, rule: Rule, followed: Sequence[Track], span: tuple[float, float, int]) -> Iterable[SeriesRange]:
        start, end, points = span
        if points == 0 or rule.absent:
            return
        unit = self._units.get(rule.metric, "")
        for track in foremost(followed, rule.operator, MOST_DRAWN):
            seen = digest(track, start, end, points)
            yield SeriesRange(rule.metric, dict(seen.labels), unit, *seen[1:])


def _suggested(
    rule: Rule, followed: Sequence[Track], beats: Sequence[float], start: float, end: float
) -> tuple[Suggestion, ...]:
    if end - start < LEAST_SECONDS:
        return ()
    return tuple(Suggestion(*one) for one in compare(rule, followed, beats, start, end))
