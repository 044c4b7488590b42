from pathlib import Path

import pytest

from fakes import FakeClock, batch
from traybeat.alerts.backtest import backtest
from traybeat.alerts.looks import HEARTBEAT
from traybeat.engine.recollection import Recollection
from traybeat.model.alert import Rule
from traybeat.model.metric import gauge
from traybeat.model.settings import History as Options
from traybeat.store.history import History

BUSY = gauge("system_cpu_core_busy_ratio", "ratio", "Busy.", "core", precision=1e-4)
RSS = gauge(HEARTBEAT, "bytes", "Memory.", precision=1)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def history(tmp_path: Path, clock: FakeClock) -> History:
    one = History(tmp_path / "telemetry.db", clock, Options())
    one.flush()
    for number in range(900):
        clock.go(2)
        hot = 0.95 if 300 <= number < 600 else 0.2
        samples = [BUSY.sample(hot, "0"), BUSY.sample(0.1, "1"), RSS.sample(4e7)]
        one.accept(batch("cpu", samples, time=clock.wall()))
    return one


def test_the_past_is_given_as_it_was_recorded(history: History, clock: FakeClock) -> None:
    stretches = list(Recollection(history.reader)(BUSY.name, clock.wall() - 60, clock.wall() + 1))
    assert [dict(one.labels) for one in stretches] == [{"core": "0"}, {"core": "1"}]
    assert list(stretches[1].averages) == [0.1] * 31
    assert len(stretches[0].times) == len(stretches[0].counts) == 31


def test_of_what_was_never_recorded_there_is_no_past(history: History, clock: FakeClock) -> None:
    assert list(Recollection(history.reader)("system_nothing", 0, clock.wall())) == []


def test_a_rule_is_tried_on_what_the_store_holds(history: History, clock: FakeClock) -> None:
    history.flush()
    rule = Rule("hot", BUSY.name, threshold=0.9, for_duration_minutes=1)
    end = clock.wall() + 1
    (firing,) = backtest(rule, Recollection(history.reader), end - 1801, end).firings
    assert firing.labels == (("core", "0"),)
    assert firing.resolved_at is not None
    assert firing.resolved_at - firing.triggered_at == pytest.approx(540, abs=4)
