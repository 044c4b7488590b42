"""/api/metrics: the catalogue, the newest values, and ranges of history."""

import hashlib
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from traybeat.api.cache import Cache
from traybeat.api.route import Call, ProblemError, Reply, Route
from traybeat.api.routes.times import moment
from traybeat.api.types.metrics import (
    Catalogue,
    MetricInfo,
    Metrics,
    Newest,
    Range,
    RangeQuery,
    SeriesRange,
    Unseen,
    Value,
)
from traybeat.api.unseen import SHORTEST_SECONDS, edges, explained, gaps
from traybeat.model.metric import Batch, Metric
from traybeat.model.selector import Matcher, Selector, WrongSelectorError, matcher
from traybeat.model.service import Clock
from traybeat.store.query import FEWEST_POINTS, MOST_POINTS, Line
from traybeat.store.reader import Reader

GROUP = "metrics"
POINTS = 600
SETTLED_SECONDS = 60.0
"""What lies further back than this is not going to change."""
HEARTBEAT, SLEEP, START = "agent_memory_rss_bytes", "agent_last_sleep_seconds", "agent_start_uptime_seconds"
AROUND_SECONDS, AROUND_POINTS = 30 * 86_400.0, 30 * 144
"""How far beyond a range the ends of what was not seen in it are looked for."""
Families = Mapping[str, Sequence[Metric]]
"""The recorded metrics by their collector."""


class History:
    """Answers about metrics. `newest` gives the newest batches by source, `interval` the seconds between them."""

    def __init__(
        self,
        families: Families,
        newest: Callable[[], Mapping[str, Batch]],
        interval: Callable[[str], float | None],
        reader: Reader,
        cache: Cache,
        clock: Clock,
    ) -> None:
        self._families = families
        self._newest = newest
        self._interval = interval
        self._reader = reader
        self._cache = cache
        self._clock = clock
        self._reading = threading.Lock()

    def routes(self) -> tuple[Route, ...]:
        """Give the routes."""
        return (
            Route("GET", "/api/metrics", "listMetrics", "The metrics that are recorded", self.catalogue, Catalogue,
                  group=GROUP),
            Route("GET", "/api/metrics/{metric_type}", "getMetrics", "The newest values, or what they were", self.get,
                  Metrics, RangeQuery, also=(304,), problems=(404, 422), group=GROUP),
        )  # fmt: skip

    def catalogue(self, call: Call) -> Catalogue:  # noqa: ARG002 (handlers are called alike)
        """List what is recorded."""
        return Catalogue(
            tuple(
                MetricInfo(one.name, one.unit, one.help, one.labels, source, one.precision or 0)
                for source, metrics in sorted(self._families.items())
                for one in metrics
            )
        )

    def get(self, call: Call) -> Reply | Newest:
        """Give the newest values, or a range."""
        source, query = call.path["metric_type"], call.query
        if source not in self._families:
            known = ", ".join(sorted(self._families))
            raise ProblemError(404, f"There is no such metric type; there are {known}.")
        matchers, names = _matchers(query.label), frozenset(query.metric)
        if query.start is None:
            if query.end is not None or query.points is not None:
                raise ProblemError(422, "A range needs its start.", (("start", "missing"),))
            return self._now(source, names, matchers)
        now = self._clock.wall()
        start, end = moment(query.start, "start", 0.0), moment(query.end, "end", now)
        points = POINTS if query.points is None else query.points
        if not FEWEST_POINTS <= points <= MOST_POINTS:
            raise ProblemError(422, "Too many points or too few.", (("points", f"{FEWEST_POINTS} to {MOST_POINTS}"),))
        if not start < end:
            raise ProblemError(422, "The range ends before it begins.", (("end", "must be later than start"),))
        return self._range(call, source, names, (start, end, points), settled=end < now - SETTLED_SECONDS)

    def _now(self, source: str, names: frozenset[str], matchers: tuple[Matcher, ...]) -> Newest:
        batch = self._newest().get(source)
        if batch is None:
            return Newest(None, self._interval(source), ())
        recorded = {one.name for one in self._families[source]} & (
            names or {one.name for one in self._families[source]}
        )
        values = (
            Value(metric.name, dict(zip(metric.labels, labels, strict=True)), value)
            for metric, labels, value in batch.samples
            if metric.name in recorded
        )
        fitting = tuple(one for one in values if all(matcher.fits(one.labels) for matcher in matchers))
        return Newest(batch.time, self._interval(source), fitting)

    def _range(
        self, call: Call, source: str, names: frozenset[str], span: tuple[float, float, int], *, settled: bool
    ) -> Reply:
        key = hashlib.sha256(repr((source, sorted(names), sorted(call.query.label), span)).encode()).hexdigest()
        content = self._cache.get(key) if settled else None
        if content is None:
            content = msgspec.json.encode(self._read(source, names, _matchers(call.query.label), span))
            if settled:
                self._cache.put(key, content)
        if not settled:
            return Reply(content)
        tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        told = {"etag": tag, "cache-control": "private, no-cache"}
        if tag in call.headers.get("if-none-match", ""):
            return Reply(b"", 304, told)
        return Reply(content, 200, told)

    def _read(
        self, source: str, names: frozenset[str], matchers: tuple[Matcher, ...], span: tuple[float, float, int]
    ) -> Range:
        start, end, points = span
        wanted = [one for one in self._families[source] if not names or one.name in names]
        with self._reading:  # one at a time: each may unpack megabytes, and two are no quicker than one after the other
            series = tuple(
                _series(metric, line)
                for metric in wanted
                for line in self._reader.query(Selector(metric.name, matchers), start, end, points)
            )
            unseen = self._unseen(start, end, min(points, POINTS))
        return Range(start, end, series, unseen)

    def _unseen(self, start: float, end: float, points: int) -> tuple[Unseen, ...]:
        def ask(name: str, start: float, end: float, points: int = points) -> tuple[Line, ...]:
            return tuple(self._reader.query(Selector(name), start, end, points))

        beats, now = ask(HEARTBEAT, start, end), self._clock.wall()
        found = list(gaps(beats))
        if not _covers(beats, start, min(end, now)):
            before = ask(HEARTBEAT, max(0.0, start - AROUND_SECONDS), start, AROUND_POINTS) if start > 0 else ()
            after = ask(HEARTBEAT, end, end + AROUND_SECONDS, AROUND_POINTS) if end < now else ()
            found += edges(before, beats, after, start, end)
        if not found:
            return ()
        span = min(gap.start for gap in found), max(gap.told for gap in found)
        sleeps, starts = ask(SLEEP, *span), ask(START, *span)
        told = sorted((explained(gap, sleeps, starts) for gap in found), key=lambda one: one.start)
        return tuple(Unseen(max(one.start, start), min(one.end, end), one.reason) for one in told)


def _series(metric: Metric, line: Line) -> SeriesRange:
    return SeriesRange(
        metric=metric.name,
        labels=line.series.labels,
        unit=metric.unit,
        step=line.step,
        times=_listed(line.times),
        averages=_listed(line.averages),
        minima=_listed(line.minima),
        maxima=_listed(line.maxima),
        counts=_listed(line.counts),
        gaps=line.gaps,
    )


def _covers(beats: Iterable[Line], start: float, end: float) -> bool:
    """Say whether heartbeats reach to both ends of a range."""
    return any(
        len(line.times)
        and line.times[0] - start < SHORTEST_SECONDS + line.step
        and end - line.times[-1] - line.step < SHORTEST_SECONDS + line.step
        for line in beats
    )


def _listed(column: Any) -> Any:
    return column.tolist() if hasattr(column, "tolist") else column


def _matchers(labels: Iterable[str]) -> tuple[Matcher, ...]:
    found = []
    for one in labels:
        name, sign, value = one.partition("=")
        if not sign:
            raise ProblemError(422, "A label can't be understood.", (("label", "expected name=value"),))
        try:
            found.append(matcher(name, value))
        except WrongSelectorError as error:
            raise ProblemError(422, "A label can't be understood.", (("label", str(error)),)) from None
    return tuple(found)
