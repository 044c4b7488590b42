import argparse
import time
from pathlib import Path

import pytest

from fakes import FakeClock, batch
from traybeat.alerts.looks import HEARTBEAT
from traybeat.commands.rules import rules
from traybeat.host.paths import Paths
from traybeat.model.metric import gauge
from traybeat.model.settings import History as Options
from traybeat.store.history import History

USED = gauge("system_memory_used_ratio", "ratio", "Used.", precision=1e-4)
BEAT = gauge(HEARTBEAT, "bytes", "Memory.", precision=1)
RULE = "- {id: full, metric: system_memory_used_ratio, threshold: 0.9}"


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    paths = Paths(tmp_path / "config", tmp_path / "data", tmp_path / "data", tmp_path / "run")
    paths.config.mkdir()
    paths.rules.write_text(RULE, "utf-8")
    return paths


def keep(paths: Paths, hours: float) -> None:
    """Write a history that ended half a minute ago, one sample a minute: no rounding takes a whole minute off."""
    count = int(hours * 60)
    clock = FakeClock(wall=time.time() - count * 60 - 30)
    history = History(paths.telemetry, clock, Options())
    history.flush()
    for number in range(count):
        clock.go(60)
        history.accept(batch("memory", [USED.sample(number % 10 / 20), BEAT.sample(4e7)], time=clock.wall()))
    history.flush()


def tried(paths: Paths, days: float, capsys: pytest.CaptureFixture[str]) -> str:
    assert rules(paths, argparse.Namespace(action="backtest", rule="full", days=days)) == 0
    return capsys.readouterr().out


def test_a_back_test_says_where_history_begins_later_than_was_asked(
    paths: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(paths, 10)
    first, second, *_ = tried(paths, 7, capsys).splitlines()
    assert first.startswith("History begins at ")
    assert second.startswith("full: would have fired never in the last ")
    assert "9 h 59 min" in second or "10 h" in second


def test_a_back_test_over_what_history_has_says_only_that(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    keep(paths, 26)
    told = tried(paths, 1, capsys)
    assert told.startswith("full: would have fired never in the last day (1 series watched).")
    assert "times a week" in told


def test_an_hour_of_history_suggests_no_thresholds_by_the_week(
    paths: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(paths, 1)
    assert "times a week" not in tried(paths, 7, capsys)
