"""What alerts cost, and what they stand: python tests/benchmarks/alerts.py [--kills 100].

Prints a Markdown table for docs/performance.md.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from alarms import Desk
from counterparts import http_server, mail_server
from fakes import FakeClock, FakeSecrets, batch
from faults.test_killed_in_a_storm import check, weather
from traybeat.alerts.backtest import backtest
from traybeat.alerts.evaluation import Evaluation
from traybeat.alerts.history import Query
from traybeat.alerts.looks import HEARTBEAT
from traybeat.alerts.past import nothing
from traybeat.alerts.rulebook import Rulebook
from traybeat.alerts.rules import Known
from traybeat.alerts.suggestion import suggest
from traybeat.channels import registry
from traybeat.channels.registry import Outfit
from traybeat.channels.webhook import Options as Webhook
from traybeat.engine.alerting import Alerting
from traybeat.engine.notifier import Notifier
from traybeat.engine.pump import Pump
from traybeat.engine.recollection import Recollection
from traybeat.engine.supervisor import Supervisor
from traybeat.host.clock import SystemClock
from traybeat.model.alert import Function, Reduction, Rule
from traybeat.model.metric import Metric, Sample, gauge
from traybeat.model.settings import Alerts, Settings
from traybeat.model.settings import History as HistoryOptions
from traybeat.store.history import History

FUNCTIONS: tuple[Function, ...] = ("last", "avg", "min", "max", "sum", "rate", "delta", "predict")
DAY = 86_400.0


def row(figure: str, measured: str, goal: str) -> None:
    """Print one row."""
    print(f"| {figure} | {measured} | {goal} |", flush=True)


def ticks(rules: Sequence[Rule], metrics: Sequence[tuple[Metric, int]], count: int) -> list[float]:
    """Evaluate so many ticks; give the milliseconds of processor time that each took, the first left out."""
    chance = random.Random(1)  # noqa: S311 (values to compare)
    evaluation = Evaluation(rules, lambda source: 2.0, 0.0)
    took = []
    for number in range(count):
        samples = [
            metric.sample(chance.random() * 0.5, str(label)) for metric, labels in metrics for label in range(labels)
        ]
        one = batch("bench", samples, time=2.0 * number)
        started = time.thread_time()
        evaluation.accept(one, 2.0 * number)
        took.append((time.thread_time() - started) * 1000)
    return took[1:]


def rules_for(metrics: Sequence[Metric], functions: Sequence[Function]) -> list[Rule]:
    """Make 500 rules over the metrics, whose conditions no value meets."""
    return [
        Rule(
            f"r{n}",
            metrics[n % len(metrics)].name,
            threshold=1e9,
            reduce=Reduction(functions[n % len(functions)], (1, 5, 15)[n % 3]),
        )
        for n in range(500)
    ]


def evaluation() -> None:
    """500 rules over 200 series."""
    one = gauge("bench_one", "", "One.", "n")
    many = [gauge(f"bench_{n}", "", "Many.", "n") for n in range(20)]
    for name, rules, metrics, count in (
        ("every rule over every series", rules_for([one], ["last"]), [(one, 200)], 100),
        ("all reductions, 10 series each", rules_for(many, FUNCTIONS), [(metric, 10) for metric in many], 600),
    ):
        took = ticks(rules, metrics, count)
        row(f"500 rules, 200 series: {name}", f"{statistics.median(took):.1f} ms, at most {max(took):.1f}", "25 ms")


@contextmanager
def office(directory: Path, port: int, group: float) -> Iterator[Callable[[Sequence[Sample]], None]]:
    """Run the whole chain from the pump to a webhook; gives what takes samples."""
    desk = Desk(directory)
    clock, supervisor = SystemClock(), Supervisor()
    (directory / "rules.yaml").write_text("- {id: wet, metric: bench_one, threshold: 0.5}\n", "utf-8")
    options = {"webhook": Webhook(f"http://127.0.0.1:{port}/", allow_loopback=True)}
    settings = Settings(alerts=Alerts(group_seconds=group), channels=options)
    outfit = Outfit(FakeSecrets(), "box")
    notifier = Notifier(registry.discover(), outfit, desk.outbox, supervisor, clock, lambda: True, random.random)
    desk.records._channels = notifier.names  # noqa: SLF001 (the desk's own are fixed)
    rulebook = Rulebook(directory / "rules.yaml", Known(), clock.wall)
    rulebook.load()
    notifier.apply(Settings(), settings)
    alerting = Alerting(
        rulebook, desk.journal, desk.records, desk.silence, clock, lambda source: 2.0, notifier.wake, nothing, settings
    )
    pump = Pump([alerting])
    supervisor.start(alerting)
    supervisor.start(pump)
    yield lambda samples: pump.emit(batch("bench", samples, time=time.time()))
    supervisor.stop()
    desk.journal.close()


def latency() -> None:
    """From the sample that crosses to the request that arrives; nine times, for the tenth message begins a storm."""
    level = gauge("bench_one", "", "One.", "n")
    took = []
    with http_server() as peer, tempfile.TemporaryDirectory() as folder, office(Path(folder), peer.port, 0) as feed:
        for number in range(1, 10):
            started = time.perf_counter()
            feed([level.sample(1, str(number))])
            while len(peer.requests) < number:
                time.sleep(0.0005)
            took.append((time.perf_counter() - started) * 1000)
    measured = f"p50 {statistics.median(took):.0f} ms, at most {max(took):.0f}"
    row("sample to message handed over, group_seconds 0", measured, "2 s")


def trial() -> None:
    """A back-test over seven days of what the store holds."""
    busy = gauge("bench_busy_ratio", "ratio", "Busy.", precision=1e-4)
    beat = gauge(HEARTBEAT, "bytes", "Memory.", precision=1)
    clock, chance = FakeClock(), random.Random(2)  # noqa: S311 (values to keep)
    with tempfile.TemporaryDirectory() as directory:
        history = History(Path(directory) / "telemetry.db", clock, HistoryOptions())
        history.flush()
        for number in range(int(7 * DAY / 2)):
            clock.go(2)
            value = min(1.0, max(0.0, chance.gauss(0.3, 0.1) + 0.6 * (number % 20_000 > 19_700)))
            history.accept(batch("bench", [busy.sample(value), beat.sample(4e7 + number)], time=clock.wall()))
            if number % 1800 == 0:
                history.flush()
        history.flush()
        past, end = Recollection(history.reader), clock.wall() + 1
        for reduction in (Reduction(), Reduction("avg", 5), Reduction("predict", 360)):
            rule = Rule("hot", busy.name, threshold=0.8, clear_threshold=0.7, for_duration_minutes=1, reduce=reduction)
            started = time.perf_counter()
            report = backtest(rule, past, end - 7 * DAY, end)
            took = time.perf_counter() - started
            row(f"back-test over 7 days, {reduction.function}", f"{took:.2f} s, {len(report.firings)} firings", "1 s")
        started = time.perf_counter()
        found = suggest(Rule("hot", busy.name, threshold=0.8), past, end - 7 * DAY, end)
        row("thresholds suggested over 7 days", f"{time.perf_counter() - started:.2f} s, {len(found)} tried", "")


def pages() -> None:
    """A page of 10,000 alerts."""
    took = []
    with tempfile.TemporaryDirectory() as directory:
        desk = Desk(Path(directory))
        for number in range(10_000):
            desk.clock.go(1)
            _resolved(desk, number)
        cursor = None
        for _ in range(50):
            started = time.perf_counter()
            page = desk.history.page(Query(limit=100, cursor=cursor))
            took.append((time.perf_counter() - started) * 1000)
            cursor = page.cursor
        desk.journal.close()
    row("page of 100 out of 10,000 alerts", f"p50 {statistics.median(took):.1f} ms, at most {max(took):.1f}", "10 ms")


def _resolved(desk: Desk, number: int) -> None:
    desk.journal.write(
        lambda db: db.execute(
            """INSERT INTO alerts (id, rule, name, metric, labels, unit, operator, threshold, severity, state,
            triggered_at, resolved_at, value, worst, last, text, processes)
            VALUES (?, ?, 'A rule', 'bench_one', ?, '', '>', 1, 'warning', 'resolved', ?, ?, 2, 3, 0, 'text', '[]')""",
            (f"q{number}", f"r{number % 50}", f'[["n", "{number}"]]', desk.now, desk.now + 60),
        )
    )


def kills(count: int) -> None:
    """Kill -9 in a storm."""
    series = 6 * count
    with tempfile.TemporaryDirectory() as directory, http_server() as peer:
        port = peer.port + 1 if peer.port < 65_000 else peer.port - 1
        with mail_server(port) as box:
            weather(Path(directory), box, peer, count, series, seed=4)
            mails, posts = check(box, peer, count, series)
            sent = f"{len(box.mails)} mails, {len(peer.requests)} posts"
    measured = f"none lost; {sent}, of which came twice {mails} and {posts}"
    row(f"{count} x kill -9 in a storm of {series} alerts", measured, "none lost, one twice a kill")


def main() -> None:
    """Run everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    options = parser.parse_args()
    print("| figure | measured | to reach |\n|---|---|---|")
    for part in (evaluation, latency, trial, pages):
        part()
    if options.kills:
        kills(options.kills)


if __name__ == "__main__":
    main()
