"""`traybeat rules`: try rules on history, hand them to a Prometheus."""

import argparse
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from traybeat.alerts import prometheus
from traybeat.alerts.backtest import HEARTBEAT, Report, backtest
from traybeat.alerts.past import Past
from traybeat.alerts.rules import read
from traybeat.alerts.starter import RULES
from traybeat.alerts.suggestion import LEAST_SECONDS, Suggestion, suggest
from traybeat.commands.units import span
from traybeat.composition.inspection import known
from traybeat.engine.recollection import Recollection
from traybeat.host import control
from traybeat.host.paths import Paths
from traybeat.model.alert import Rule
from traybeat.model.errors import TraybeatError, WrongSettingsError
from traybeat.store.archive import open_archive
from traybeat.store.reader import Reader

WRONG = 2
_DAY = 86_400.0
_MOST_FIRINGS = 20


def rules(paths: Paths, options: argparse.Namespace) -> int:
    """Do what the options say; gives the exit code. Raises TraybeatError."""
    try:
        if options.action == "export":
            sys.stdout.write(prometheus.export(_rules(paths.rules)))
            return 0
        return _backtest(paths, options.rule, options.days)
    except WrongSettingsError as wrong:
        for fault in wrong.faults:
            print(fault, file=sys.stderr)
        return WRONG


def _rules(path: Path) -> tuple[Rule, ...]:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        content = RULES.encode()
    except OSError as error:
        raise TraybeatError(f"{path} can't be read: {error.strerror}") from None
    return read(content, known())


def _backtest(paths: Paths, name: str, days: float) -> int:
    tried = _rules(Path(name)) if Path(name).exists() else tuple(r for r in _rules(paths.rules) if r.id == name)
    if not tried:
        raise TraybeatError(f"{name} is no file, and no rule in {paths.rules} has it for its id")
    with suppress(control.NotRunningError):
        control.ask(control.address(paths), "flush", timeout=30)  # what came last is not on disk yet
    if not paths.telemetry.exists():
        raise TraybeatError(f"there is no history yet in {paths.telemetry}")
    end = time.time()
    try:
        reader = open_archive(paths.telemetry)
        ask = Recollection(reader)
        start = _reach(reader, ask, end - days * _DAY, end)
        if start > end - days * _DAY:
            print(f"History begins at {_clock(start)}; rules are tried on what is there.")
        for rule in tried:
            others = suggest(rule, ask, start, end) if end - start >= LEAST_SECONDS else ()
            for line in _told(rule, backtest(rule, ask, start, end), others):
                print(line)
    except sqlite3.Error as error:
        raise TraybeatError(f"{paths.telemetry} can't be read: {error}") from None
    return 0


def _reach(reader: Reader, ask: Past, start: float, end: float) -> float:
    """Say from when on there is history to try rules on: `start`, or when the agent ran for the first time."""
    known = reader.since(HEARTBEAT)
    if known is None or known <= start:
        return start
    return max(start, next((stretch.times[0] for stretch in ask(HEARTBEAT, start, end)), start))


def _told(rule: Rule, report: Report, suggestions: tuple[Suggestion, ...]) -> Iterator[str]:
    count = len(report.firings)
    lasted = _lasted(report.end - report.start)
    times = "never" if not count else "once" if count == 1 else f"{count} times"
    total = f", {span(report.seconds)} in all" if count else ""
    yield f"{rule.id}: would have fired {times} in the last {lasted}{total} ({report.series} series watched)."
    for one in report.firings[-_MOST_FIRINGS:]:
        labels = " ".join(f"{name}={value}" for name, value in one.labels)
        until = "until now" if one.resolved_at is None else f"for {span(one.resolved_at - one.triggered_at)}"
        worst = "" if one.worst is None else f", {one.worst:g} at worst"
        yield f"  {_clock(one.triggered_at)} {until}{worst} {labels}".rstrip()
    for one_suggestion in suggestions:
        yield f"  with a threshold of {one_suggestion.threshold:g}: {one_suggestion.a_week:.1f} times a week"


def _lasted(seconds: float) -> str:
    days = seconds / _DAY
    return span(seconds) if days % 1 else "day" if days == 1 else f"{days:g} days"


def _clock(unix: float) -> str:
    return datetime.fromtimestamp(unix).astimezone().strftime("%Y-%m-%d %H:%M:%S")
