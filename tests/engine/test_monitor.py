from collections.abc import Iterator
from types import SimpleNamespace

import psutil
import pytest

from fakes import FakeClock, batch
from traybeat.engine.health import Wards
from traybeat.engine.latest import Latest
from traybeat.engine.monitor import Monitor, OwnUsage
from traybeat.engine.pace import Pace
from traybeat.model.metric import Batch, Sample, gauge
from traybeat.model.settings import Limits, Settings
from traybeat.model.stop import Stop


class FakeUsage:
    def __init__(self) -> None:
        self.cpu = 1.0
        self.rss = 40e6
        self.private: float | None = None

    def cpu_seconds(self) -> float:
        return self.cpu

    def rss_bytes(self) -> float:
        return self.rss

    def private_bytes(self) -> float | None:
        return self.private


def nothing_more() -> Iterator[Sample]:
    yield from ()


class Bench:
    def __init__(self) -> None:
        self.clock, self.usage, self.wards, self.latest = FakeClock(), FakeUsage(), Wards(), Latest()
        self.pace = Pace(Limits())
        self.batches: list[Batch] = []
        self.tidied = 0
        self.monitor = Monitor(
            self.clock, self.usage, self.batches.append, self.wards, self.latest, self.pace, nothing_more, self.tidy
        )

    def tidy(self) -> None:
        self.tidied += 1

    def after(self, seconds: float, cpu: float = 0.0) -> dict[tuple[str, ...], float]:
        self.clock.go(seconds)
        self.usage.cpu += cpu
        self.monitor.tick()
        return {(sample.metric.name, *sample.labels): sample.value for sample in self.batches[-1].samples}


def test_its_own_cost_is_measured_between_two_looks() -> None:
    bench = Bench()
    assert ("agent_cpu_usage_ratio",) not in bench.after(0)
    told = bench.after(5, cpu=0.05)
    assert told["agent_cpu_usage_ratio",] == pytest.approx(0.01)
    assert told["agent_memory_rss_bytes",] == 40e6


def test_a_long_sleep_is_one_gap_and_no_measurement() -> None:
    bench = Bench()
    bench.after(0)
    told = bench.after(8 * 3600, cpu=1)
    assert told["agent_gaps_total",] == 1
    assert ("agent_cpu_usage_ratio",) not in told
    assert bench.after(5)["agent_gaps_total",] == 1


def test_a_failing_collector_is_unhealthy_and_its_old_values_are_withdrawn() -> None:
    bench = Bench()
    bench.latest.accept(batch("room"))
    bench.wards.admit("room", 2.0, bench.clock.monotonic())
    bench.wards.update("room", failures_in_a_row=2)
    assert bench.after(1)["agent_collector_status", "room"] == 1
    assert "room" in bench.latest.snapshot()
    bench.wards.update("room", failures_in_a_row=3, errors=3, last_error="OSError: gone")
    told = bench.after(1)
    assert told["agent_collector_status", "room"] == 0
    assert told["agent_collector_errors_total", "room"] == 3
    assert bench.latest.snapshot() == {}
    bench.wards.update("room", failures_in_a_row=0)
    assert bench.after(1)["agent_collector_status", "room"] == 1


def test_a_collector_that_hangs_is_unhealthy() -> None:
    bench = Bench()
    bench.wards.admit("room", 2.0, bench.clock.monotonic())
    assert bench.after(25)["agent_collector_status", "room"] == 1
    assert bench.after(10)["agent_collector_status", "room"] == 0


def test_a_collector_without_data_is_not_taken_for_hanging() -> None:
    bench = Bench()
    bench.wards.admit("room", 2.0, bench.clock.monotonic())
    bench.wards.update("room", no_data=True, last_success=5.0, duration=0.1, dropped={"top": 4})
    told = bench.after(100)
    assert told["agent_collector_status", "room"] == 1
    assert told["agent_samples_dropped_total", "room", "top"] == 4
    assert told["agent_collector_last_success_timestamp", "room"] == 5.0
    assert told["agent_collector_duration_seconds", "room"] == 0.1


def test_over_its_limit_for_a_minute_it_stretches_the_intervals_and_later_recovers() -> None:
    bench = Bench()
    for _ in range(14):
        told = bench.after(5, cpu=0.5)
    assert told["agent_interval_stretch_factor",] == 2
    for _ in range(14):
        told = bench.after(5, cpu=0.01)
    assert told["agent_interval_stretch_factor",] == 1


def test_new_limits_are_taken_on() -> None:
    bench = Bench()
    new = Settings(limits=Limits(cpu_percent=50))
    assert bench.monitor.check(new) == ()
    bench.monitor.apply(Settings(), new)
    assert bench.pace.limits.cpu_percent == 50


def test_it_tells_once_at_the_start_and_ends_when_told() -> None:
    bench, stop = Bench(), Stop()
    stop.set()
    bench.monitor.run(stop)
    assert len(bench.batches) == 1


def test_the_real_cost_of_this_process_is_plausible() -> None:
    import psutil

    usage = OwnUsage(psutil)
    assert 0 < usage.cpu_seconds() < 1e6
    assert 5e6 < usage.rss_bytes() < 5e9


def test_free_memory_is_handed_back_after_the_start_every_ten_minutes_and_when_there_is_too_much() -> None:
    bench = Bench()
    bench.after(10)
    assert bench.tidied == 0
    bench.after(5)
    assert bench.tidied == 1
    for _ in range(119):
        bench.after(5)
    assert bench.tidied == 1
    bench.after(5)
    assert bench.tidied == 2
    bench.usage.rss = 60e6
    for _ in range(26):
        bench.after(5)
    assert bench.tidied == 3


def test_a_sleep_is_told_once_with_its_length_and_wakes_what_waits() -> None:
    bench = Bench()
    slept, woken = [1000.0], []
    bench.monitor = Monitor(
        *(bench.clock, bench.usage, bench.batches.append, bench.wards, bench.latest, bench.pace, nothing_more),
        bench.tidy,
        lambda: slept[0],
        lambda: woken.append("now"),
    )
    assert bench.after(5)["agent_asleep_seconds_total",] == 0
    slept[0] += 3600.0
    told = bench.after(3605)
    assert (told["agent_asleep_seconds_total",], told["agent_last_sleep_seconds",]) == (3600, 3600)
    slept[0] += 0.4  # the clocks are not read at the same moment
    told = bench.after(5)
    assert told["agent_asleep_seconds_total",] == 3600
    assert ("agent_last_sleep_seconds",) not in told
    assert woken == ["now"]


def test_on_battery_intervals_are_longer_where_that_is_wanted() -> None:
    bench = Bench()
    battery = gauge("system_battery_discharging", "", "Whether it is.")
    bench.latest.accept(batch("battery", (battery.sample(1),)))
    bench.after(5)
    assert bench.pace.stretch == 1
    bench.monitor.apply(Settings(), Settings(limits=Limits(battery_stretch=3)))
    assert bench.pace.stretch == 3
    assert bench.after(5)["agent_interval_stretch_factor",] == 3
    bench.latest.accept(batch("battery", (battery.sample(0),)))
    bench.after(5)
    assert bench.pace.stretch == 1


def test_how_long_the_machine_was_up_at_the_start_is_told_once() -> None:
    bench = Bench()
    bench.monitor = Monitor(
        *(bench.clock, bench.usage, bench.batches.append, bench.wards, bench.latest, bench.pace, nothing_more),
        bench.tidy,
        uptime=lambda: 90.0,
    )
    assert bench.after(0)["agent_start_uptime_seconds",] == 90.0
    assert ("agent_start_uptime_seconds",) not in bench.after(5)


def test_where_private_memory_is_what_people_see_the_limit_is_on_that() -> None:
    bench = Bench()
    bench.usage.rss, bench.usage.private = 80e6, 40e6
    for _ in range(20):
        told = bench.after(5)
    assert (told["agent_memory_rss_bytes",], told["agent_memory_private_bytes",]) == (80e6, 40e6)
    assert bench.pace.stretch == 1
    bench.usage.private = 60e6
    for _ in range(20):
        bench.after(5)
    assert bench.pace.stretch == 2


def test_private_memory_is_told_where_the_system_counts_it() -> None:
    info = SimpleNamespace(rss=9.0)
    process = SimpleNamespace(memory_info=lambda: info, memory_full_info=lambda: SimpleNamespace(uss=5.0))
    module = SimpleNamespace(Process=lambda: process, Error=psutil.Error)
    assert OwnUsage(module).private_bytes() is None
    assert OwnUsage(module, private=True).private_bytes() == 5.0

    def refuse() -> None:
        raise OSError(87, "the parameter is incorrect")

    process.memory_full_info = refuse
    assert OwnUsage(module, private=True).private_bytes() is None


def test_what_the_system_announces_is_counted() -> None:
    bench = Bench()
    assert ("agent_power_events_total", "suspend") not in bench.after(5)
    bench.monitor.announced(asleep=True)
    bench.monitor.announced(asleep=False)
    bench.monitor.announced(asleep=True)
    told = bench.after(5)
    assert [told["agent_power_events_total", event] for event in ("suspend", "resume")] == [2, 1]
