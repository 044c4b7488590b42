"""The rules that are exported fire in a real Prometheus when they fire with us, on the same scrapes."""

import socket
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from counterparts import Request, answer, http_server
from servers import needs, prometheus
from traybeat.alerts.evaluation import Evaluation
from traybeat.alerts.prometheus import export
from traybeat.alerts.rules import read
from traybeat.model.metric import Batch, Sample, gauge

pytestmark = [needs("prometheus"), pytest.mark.timeout(180)]

LEVEL = gauge("system_level", "", "Goes up and down.", "core")
OTHER = gauge("system_other", "", "Comes and goes.")
SECONDS = 50.0
STEP = 0.25
# One evaluation, one scrape, and the step in which we ask.
TOLERANCE = 2.5
CONFIG = """
global: {{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}}
rule_files: [{rules}]
scrape_configs:
- job_name: traybeat
  static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""
RULES = b"""
- {id: plain, metric: system_level, operator: ">", threshold: 0.9, for_duration_minutes: 0.05}
- {id: linger, metric: system_level, operator: ">", threshold: 0.9, clear_threshold: 0.8, for_duration_minutes: 0.05}
- {id: lower, metric: system_level, labels: {core: "!1"}, operator: "<=", threshold: 0.2}
- {id: average, metric: system_level, reduce: {function: avg, window_minutes: 0.1}, operator: ">", threshold: 0.6}
- {id: highest, metric: system_level, reduce: {function: max, window_minutes: 0.1}, operator: ">=", threshold: 0.95}
- {id: lowest, metric: system_level, reduce: {function: min, window_minutes: 0.1}, operator: ">", threshold: 0.5}
- {id: falling, metric: system_level, reduce: {function: delta, window_minutes: 0.1}, operator: "<", threshold: -0.4}
- id: ahead
  metric: system_level
  labels: {core: "~[0]"}
  reduce: {function: predict, window_minutes: 0.2, ahead_minutes: 1}
  operator: ">"
  threshold: 2
- {id: gone, metric: system_other, absent: true, for_duration_minutes: 0.3}
"""
# Up to which second, and how high.
CURVE = ((10, 0.2), (22, 0.95), (27, 0.85), (34, 0.2), (46, 1.2), (99, 0.1))

Intervals = dict[tuple[str, str], list[tuple[float, float | None]]]


def level(second: float) -> float:
    return next(height for until, height in CURVE if second < until)


def samples(second: float) -> list[Sample]:
    found = [LEVEL.sample(level(second), "0"), LEVEL.sample(level(second + 3), "1")]
    return found if 12 <= second < 40 else [*found, OTHER.sample(1)]


class Target:
    """What is scraped; each scrape is evaluated by our own rules, too."""

    def __init__(self) -> None:
        self.began = time.time()
        self.evaluation = Evaluation(read(RULES), lambda source: 1.0, self.began)
        self.intervals: Intervals = {}

    def __call__(self, request: Request, connection: socket.socket) -> None:
        now = time.time()
        found = samples(now - self.began)
        self._evaluate(found, now)
        lines = [f"{metric.name}{self._labels(metric.labels, labels)} {value}\n" for metric, labels, value in found]
        connection.sendall(answer("200 OK", "Content-Type: text/plain; version=0.0.4", body="".join(lines)))

    @staticmethod
    def _labels(names: tuple[str, ...], values: tuple[str, ...]) -> str:
        return "".join(f'{{{name}="{value}"}}' for name, value in zip(names, values, strict=True))

    def _evaluate(self, found: list[Sample], now: float) -> None:
        for rule, subject, after, _ in self.evaluation.accept(Batch("test", now, tuple(found), 0.0), now):
            key = rule.id, dict(subject.labels).get("core", "")
            if after.active:
                self.intervals.setdefault(key, []).append((now - self.began, None))
            else:
                start, _ = self.intervals[key].pop()
                self.intervals[key].append((start, now - self.began))


def intervals(found: list[tuple[dict[str, str], list[float]]], began: float) -> Intervals:
    """Join the moments at which each alert fires."""
    joined: Intervals = {}
    for labels, moments in found:
        spans: list[tuple[float, float]] = []
        for moment in moments:
            if spans and moment - spans[-1][1] <= 1.5 * STEP:
                spans[-1] = (spans[-1][0], moment)
            else:
                spans.append((moment, moment))
        joined[labels["alertname"], labels.get("core", "")] = [(one - began, other - began) for one, other in spans]
    return joined


def agree(ours: list[tuple[float, float | None]], theirs: list[tuple[float, float | None]], end: float) -> bool:
    """Say whether all ends lie close together."""
    edges = zip(
        (edge for start, stop in ours for edge in (start, end if stop is None else stop)),
        (edge for start, stop in theirs for edge in (start, end if stop is None else stop)),
        strict=True,
    )
    return len(ours) == len(theirs) and all(abs(one - other) <= TOLERANCE for one, other in edges)


def test_exported_rules_fire_as_ours_do(tmp_path: Path, new_port: Callable[[], int]) -> None:
    rules = tmp_path / "rules.yml"
    rules.write_text(export(read(RULES)), "utf-8")
    target = Target()
    with http_server(target) as peer:
        config = CONFIG.format(rules=rules, port=peer.port)
        with prometheus(new_port(), tmp_path, config) as server:
            target.began = time.time()
            time.sleep(SECONDS)
            end = time.time()
            theirs = intervals(server.moments('ALERTS{alertstate="firing"}', target.began, end, STEP), target.began)
    ours: Mapping[tuple[str, str], list[tuple[float, float | None]]] = target.intervals
    assert {rule for rule, _ in ours} == {rule.id for rule in read(RULES)}
    assert ours.keys() == theirs.keys()
    for key in ours:
        assert agree(ours[key], theirs[key], SECONDS), f"{key}: {ours[key]} and {theirs[key]}"
