"""The alerts of an invented machine's past, for pictures: python -m dashboard.fired DATA_DIRECTORY."""

import sys
from dataclasses import replace
from pathlib import Path

from fakes import FakeClock
from traybeat.alerts.backtest import Firing, backtest
from traybeat.alerts.culprits import culprits
from traybeat.alerts.evaluation import Change
from traybeat.alerts.journal import Journal
from traybeat.alerts.records import Records
from traybeat.alerts.watch import Subject
from traybeat.engine.recollection import Recollection
from traybeat.model.alert import Alert, Reduction, Rule, State
from traybeat.store.archive import open_archive
from traybeat.store.reader import Reader

DAY = 86_400.0
RULES = (
    Rule("cpu-busy", "system_cpu_busy_ratio", "CPU busy", reduce=Reduction("avg", 5), threshold=0.85,
         clear_threshold=0.75, for_duration_minutes=10, message="The processors of atlas have been {value} busy"),
    Rule("memory-full", "system_memory_used_ratio", "Memory nearly full", reduce=Reduction("avg", 5), threshold=0.62,
         clear_threshold=0.6, for_duration_minutes=10, severity="critical",
         message="{value} of the memory of atlas is in use"),
    Rule("busy-disk", "system_disk_busy_ratio", "Disk busy", reduce=Reduction("avg", 5), threshold=0.3,
         for_duration_minutes=5, severity="info", message="The disk of atlas has been {value} busy"),
)  # fmt: skip


def write(directory: Path, now: float) -> int:
    """Write down what these rules would have told of the telemetry database in a directory; gives how many alerts."""
    reader = open_archive(directory / "telemetry.db")
    found = sorted(
        (
            (rule, firing)
            for rule in RULES
            for firing in backtest(rule, Recollection(reader), now - 30 * DAY, now).firings
        ),
        key=lambda one: one[1].triggered_at,
    )
    clock = FakeClock(wall=now)
    records = Records(Journal(directory / "journal.db", clock.wall), "atlas", lambda: ())
    for rule, firing in found:
        _record(records, reader, rule, firing)
    return len(found)


def _record(records: Records, reader: Reader, rule: Rule, firing: Firing) -> None:
    at, subject = firing.triggered_at, Subject(rule.metric, firing.labels, "invented")
    snapshot = reader.processes(at)
    running = () if snapshot is None else culprits(rule.metric, snapshot.processes)
    begun = Alert(State.FIRING, 600.0, at, firing.value, at, firing.value, firing.worst)
    records.write([Change(rule, subject, begun, running)], [], at, 0)
    if (end := firing.resolved_at) is not None:
        ended = replace(begun, state=State.RESOLVED, seen=end, resolved=end)
        records.write([Change(rule, subject, ended)], [], end, 0)


if __name__ == "__main__":
    import time

    print(write(Path(sys.argv[1]), time.time()))
