import sqlite3
import threading
from collections.abc import Iterable
from pathlib import Path

import pytest

from alarms import Desk
from fakes import FakeClock, batch
from traybeat.alerts.history import Query
from traybeat.alerts.past import Past, Stretch, nothing
from traybeat.alerts.rulebook import Rulebook
from traybeat.alerts.rules import Known
from traybeat.engine.alerting import KEEP_SECONDS, PRUNE_SECONDS, Alerting
from traybeat.model.alert import State
from traybeat.model.metric import gauge
from traybeat.model.settings import Alerts, QuietHours, Settings
from traybeat.model.stop import Stop

BUSY = gauge("system_cpu_busy_ratio", "ratio", "Busy.", precision=1e-4)
HOT = "- {id: hot, metric: system_cpu_busy_ratio, threshold: 0.9, for_duration_minutes: 1, cooldown_minutes: 0}\n"
NOW = "- {id: hot, metric: system_cpu_busy_ratio, threshold: 0.9}\n"
AVERAGE = """
- {id: hot, metric: system_cpu_busy_ratio, threshold: 0.9, reduce: {function: avg, window_minutes: 10}}
"""


class Watchman:
    """Alerting over a real journal and a rules file, in a time of the test's."""

    def __init__(self, directory: Path, rules: str = NOW, clock: FakeClock | None = None, past: Past = nothing) -> None:
        self.rules = directory / "rules.yaml"
        if not self.rules.exists():
            self.rules.write_text(rules, "utf-8")
        self.desk = Desk(directory, channels=("email",))
        self.clock = self.desk.clock = clock or self.desk.clock
        rulebook = Rulebook(self.rules, Known(), self.clock.wall)
        rulebook.load()
        self.woken = 0
        self.alerting = Alerting(
            rulebook,
            self.desk.journal,
            self.desk.records,
            self.desk.silence,
            self.clock,
            lambda source: 2.0,
            self._wake,
            past,
            Settings(alerts=Alerts(group_seconds=0)),
        )

    def _wake(self) -> None:
        self.woken += 1

    def feed(self, value: float, times: int = 1) -> None:
        for _ in range(times):
            self.clock.go(2)
            self.alerting.accept(batch("cpu", [BUSY.sample(value)]))

    def active(self) -> list[str]:
        return [f"{one.rule} {one.state}" for one in self.desk.history.active()]

    def states(self) -> list[State]:
        return [one.alert.state for one in self.alerting.standings()]


@pytest.fixture
def watchman(tmp_path: Path) -> Watchman:
    return Watchman(tmp_path)


def test_what_fires_is_written_down_and_told_at_once(watchman: Watchman) -> None:
    watchman.feed(0.95)
    assert watchman.active() == []
    watchman.alerting.tick()
    assert watchman.active() == ["hot firing"]
    assert watchman.woken == 1
    assert watchman.desk.parcel().message.notices[0].value == 0.95
    watchman.feed(0.5)
    watchman.alerting.tick()
    assert watchman.active() == []
    assert watchman.woken == 2


def test_with_nothing_new_nothing_is_written(watchman: Watchman) -> None:
    watchman.alerting.tick()
    before = watchman.desk.journal.read("PRAGMA data_version")[0][0], watchman.woken
    watchman.feed(0.1, times=40)
    watchman.alerting.tick()
    assert (watchman.desk.journal.read("PRAGMA data_version")[0][0], watchman.woken) == before


def test_a_restart_neither_sends_again_nor_forgets(tmp_path: Path) -> None:
    first = Watchman(tmp_path, HOT)
    first.feed(0.95, times=35)
    first.alerting.tick()
    assert first.active() == ["hot firing"]
    first.clock.go(60)
    second = Watchman(tmp_path, clock=first.clock)
    assert second.states() == [State.UNKNOWN]
    second.feed(0.97, times=3)
    second.alerting.tick()
    assert second.woken == 0
    second.feed(0.2)
    second.alerting.tick()
    assert [one.event for one in second.desk.parcel().message.notices] == ["triggered", "resolved"]


def test_what_was_pending_survives_a_kill(tmp_path: Path) -> None:
    first = Watchman(tmp_path, HOT)
    first.alerting.tick()
    first.feed(0.95, times=20)
    first.clock.go(KEEP_SECONDS)
    first.alerting.tick()
    second = Watchman(tmp_path, clock=first.clock)
    second.feed(0.95, times=11)
    second.alerting.tick()
    assert second.active() == []
    second.feed(0.95, times=1)
    second.alerting.tick()
    assert second.active() == ["hot firing"]


def test_an_alert_that_was_not_written_down_fires_again_after_a_kill(tmp_path: Path) -> None:
    first = Watchman(tmp_path)
    first.feed(0.95)
    second = Watchman(tmp_path, clock=first.clock)
    second.feed(0.95)
    second.alerting.tick()
    assert second.active() == ["hot firing"]


def test_a_standing_without_its_alert_is_not_believed(tmp_path: Path) -> None:
    first = Watchman(tmp_path)
    first.feed(0.95)
    first.alerting.tick()
    first.desk.journal.write(lambda db: db.execute("DELETE FROM alerts"))
    second = Watchman(tmp_path, clock=first.clock)
    assert second.states() == []


def test_alerts_of_rules_that_are_gone_end_with_the_restart(tmp_path: Path) -> None:
    first = Watchman(tmp_path)
    first.feed(0.95)
    first.alerting.tick()
    first.rules.write_text("[]", "utf-8")
    second = Watchman(tmp_path, clock=first.clock)
    assert second.active() == []
    (incident,) = second.desk.history.page(Query()).incidents
    assert incident.gone


def test_an_edit_of_the_rules_is_taken_on_and_ends_what_is_no_longer_watched(watchman: Watchman) -> None:
    watchman.feed(0.95)
    watchman.alerting.tick()
    watchman.rules.write_text("- {id: other, metric: system_load1, threshold: 1}\n", "utf-8")
    watchman.alerting.tick()
    assert watchman.active() == ["hot firing"]
    watchman.alerting.tick()
    assert watchman.active() == []


def test_a_wrong_edit_changes_nothing(watchman: Watchman) -> None:
    watchman.rules.write_text("- {id: other}\n", "utf-8")
    watchman.alerting.tick()
    watchman.alerting.tick()
    watchman.feed(0.95)
    watchman.alerting.tick()
    assert watchman.active() == ["hot firing"]


def test_windows_are_filled_from_history(tmp_path: Path) -> None:
    asked: list[tuple[str, float]] = []

    def past(metric: str, start: float, end: float) -> Iterable[Stretch]:
        asked.append((metric, end - start))
        times = [start + 2 * n for n in range(300)]
        for labels in ({"core": "0"}, {}):
            values = [0.95] * 300
            yield Stretch(labels, times, values, values, values, [1] * 300)

    watchman = Watchman(tmp_path, AVERAGE, past=past)
    watchman.feed(0.95)
    watchman.alerting.tick()
    watchman.feed(0.95)
    watchman.alerting.tick()
    assert watchman.active() == ["hot firing"]
    assert asked == [("system_cpu_busy_ratio", 600)]


def test_a_jump_of_the_clock_moves_nothing(tmp_path: Path) -> None:
    watchman = Watchman(tmp_path, HOT)
    watchman.feed(0.95, times=20)
    watchman.clock.now_wall += 86_400
    watchman.feed(0.95, times=10)
    watchman.alerting.tick()
    assert watchman.active() == []
    watchman.feed(0.95, times=2)
    watchman.alerting.tick()
    assert watchman.active() == ["hot firing"]


def test_changes_that_can_not_be_written_are_written_later(watchman: Watchman, tmp_path: Path) -> None:
    watchman.desk.journal.read("PRAGMA busy_timeout = 10")
    other = sqlite3.connect(tmp_path / "journal.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    watchman.feed(0.95)
    watchman.alerting.tick()
    assert watchman.woken == 0
    other.execute("ROLLBACK")
    other.close()
    watchman.alerting.tick()
    assert watchman.active() == ["hot firing"]
    assert watchman.woken == 1


def test_quiet_hours_are_taken_on_while_running(watchman: Watchman) -> None:
    old = Settings()
    new = Settings(alerts=Alerts(quiet_hours=QuietHours("22:00", "7:00")))
    assert watchman.alerting.check(new) == ()
    watchman.alerting.apply(old, new)
    assert watchman.desk.silence.quiet_hours is not None
    assert watchman.woken == 1
    watchman.alerting.apply(new, old)
    assert watchman.desk.silence.quiet_hours is None


@pytest.mark.parametrize(
    ("hours", "paths"),
    [
        (QuietHours("22:00", None), ["alerts.quiet_hours.end"]),
        (QuietHours(None, "7:00"), ["alerts.quiet_hours.start"]),
        (QuietHours("24:00", "7.00"), ["alerts.quiet_hours.start", "alerts.quiet_hours.end"]),
    ],
)
def test_quiet_hours_that_can_not_be_are_faults(watchman: Watchman, hours: QuietHours, paths: list[str]) -> None:
    assert [fault.path for fault in watchman.alerting.check(Settings(alerts=Alerts(quiet_hours=hours)))] == paths


def test_old_alerts_are_forgotten(watchman: Watchman) -> None:
    watchman.feed(0.95)
    watchman.alerting.tick()
    watchman.feed(0.1)
    watchman.alerting.tick()
    watchman.clock.go(366 * 86_400 + PRUNE_SECONDS)
    watchman.alerting.tick()
    assert watchman.desk.history.page(Query()).incidents == ()


def test_active_alerts_are_counted_by_severity(watchman: Watchman) -> None:
    watchman.feed(0.95)
    assert {sample.labels[0]: sample.value for sample in watchman.alerting.counts()} == {
        "info": 0,
        "warning": 1,
        "critical": 0,
    }


def test_the_service_writes_soon_after_a_batch_and_the_rest_at_its_end(tmp_path: Path) -> None:
    watchman = Watchman(tmp_path, HOT)
    stop = Stop()
    thread = threading.Thread(target=watchman.alerting.run, args=(stop,))
    thread.start()
    watchman.feed(0.95, times=10)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    (standing,) = watchman.desk.records.load()
    assert (standing.alert.state, standing.alert.observed) == (State.PENDING, 18)
