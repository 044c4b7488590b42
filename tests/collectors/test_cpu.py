import platform
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import FakeClock
from traybeat.collectors.cpu import REGISTRATION, Cpu, Options, busy, shares
from traybeat.model.metric import Collection
from traybeat.model.readings.cpu import CpuReading


class Source:
    """Gives one reading after the other."""

    def __init__(self, *readings: CpuReading) -> None:
        self._readings = list(readings)

    def read(self) -> CpuReading:
        return self._readings.pop(0)


def collector(clock: FakeClock, *readings: CpuReading) -> Cpu:
    machine: Any = SimpleNamespace(cpu=Source(*readings), clock=clock, node="atlas")
    return Cpu(machine, Options())


def values(collection: Collection) -> dict[tuple[str, ...], float]:
    return {(sample.metric.name, *sample.labels): sample.value for sample in collection.samples}


def core(user: float, idle: float, **more: float) -> dict[str, float]:
    return {"user": user, "idle": idle, **more}


def collect_twice(first: CpuReading, second: CpuReading, seconds: float = 2.0) -> dict[tuple[str, ...], float]:
    clock = FakeClock()
    cpu = collector(clock, first, second)
    cpu.collect()
    clock.go(seconds)
    return values(cpu.collect())


def test_shares_are_of_the_time_that_was_counted() -> None:
    found = collect_twice(
        CpuReading({"0": core(10, 10), "1": core(10, 10)}), CpuReading({"0": core(12, 10), "1": core(11, 11)})
    )
    assert found["system_cpu_usage_ratio", "user"] == 0.75
    assert found["system_cpu_usage_ratio", "idle"] == 0.25
    assert found["system_cpu_busy_ratio",] == 0.75
    assert found["system_cpu_core_busy_ratio", "0"] == 1.0
    assert found["system_cpu_core_busy_ratio", "1"] == 0.5


def test_waiting_for_disks_is_not_busy() -> None:
    found = collect_twice(CpuReading({"0": core(0, 0, iowait=0)}), CpuReading({"0": core(1, 1, iowait=2)}))
    assert found["system_cpu_busy_ratio",] == 0.25
    assert found["system_cpu_usage_ratio", "iowait"] == 0.5


def test_the_time_of_guests_is_not_counted_twice() -> None:
    found = collect_twice(CpuReading({"0": core(0, 0, guest=0)}), CpuReading({"0": core(1, 1, guest=1)}))
    assert found["system_cpu_usage_ratio", "user"] == 0.5
    assert ("system_cpu_usage_ratio", "guest") not in found


def test_the_first_reading_gives_counters_and_no_shares() -> None:
    found = values(collector(FakeClock(), CpuReading({"0": core(3, 4)})).collect())
    assert found["node_cpu_seconds_total", "0", "user"] == 3
    assert not [key for key in found if key[0].startswith("system_cpu_")]


def test_a_long_gap_gives_no_shares() -> None:
    found = collect_twice(CpuReading({"0": core(0, 0)}), CpuReading({"0": core(5, 5)}), seconds=3600)
    assert ("system_cpu_busy_ratio",) not in found


def test_a_core_that_was_taken_out_and_put_back_harms_nothing() -> None:
    clock = FakeClock()
    both, one = {"0": core(5, 5), "1": core(5, 5)}, {"0": core(6, 6)}
    cpu = collector(clock, CpuReading(both), CpuReading(one), CpuReading({"0": core(7, 7), "1": core(0, 1)}))
    cpu.collect()
    for _ in range(2):
        clock.go(2)
        found = values(cpu.collect())
    assert found["system_cpu_busy_ratio",] == 0.5
    assert ("system_cpu_core_busy_ratio", "1") not in found


def test_node_exporters_names_carry_guests_apart() -> None:
    found = values(collector(FakeClock(), CpuReading({"0": core(3, 4, guest=1, guest_nice=2)})).collect())
    assert found["node_cpu_guest_seconds_total", "0", "user"] == 1
    assert found["node_cpu_guest_seconds_total", "0", "nice"] == 2
    assert ("node_cpu_seconds_total", "0", "guest") not in found


def test_load_frequency_and_kernel_counters_are_given() -> None:
    reading = CpuReading(
        cores={},
        load=(0.504, 1.0, 2.0),
        boot_time=1_700_000_000,
        context_switches=5,
        interrupts=6,
        forks=7,
        processes_running=1,
        processes_blocked=0,
        frequency=2.4e9,
        core_frequencies={"0": 2.4e9},
    )
    found = values(collector(FakeClock(), reading).collect())
    assert (found["system_load1",], found["node_load1",]) == (0.5, 0.504)
    assert (found["system_load5",], found["system_load15",]) == (1.0, 2.0)
    assert found["system_cpu_frequency_hertz",] == 2.4e9
    assert found["node_cpu_scaling_frequency_hertz", "0"] == 2.4e9
    assert (found["node_boot_time_seconds",], found["node_context_switches_total",]) == (1_700_000_000, 5)
    assert (found["node_intr_total",], found["node_forks_total",]) == (6, 7)
    assert (found["node_procs_running",], found["node_procs_blocked",]) == (1, 0)


def test_a_system_that_tells_nothing_more_gives_less() -> None:
    found = values(collector(FakeClock(), CpuReading({"0": core(1, 1)})).collect())
    assert {key[0] for key in found} == {"node_cpu_seconds_total", "node_uname_info"}


def test_the_systems_names_are_told_like_uname() -> None:
    found = collector(FakeClock(), CpuReading({})).collect()
    (info,) = found.samples
    labels = dict(zip(info.metric.labels, info.labels, strict=True))
    assert (labels["sysname"], labels["nodename"]) == (platform.system(), "atlas")
    assert info.value == 1


def test_every_metric_that_is_given_is_declared() -> None:
    found = collect_twice(CpuReading({"0": core(0, 0)}), CpuReading({"0": core(1, 1, guest=0)}, load=(1, 1, 1)))
    assert {key[0] for key in found} <= {metric.name for metric in Cpu.metrics}


def test_its_section_of_the_settings_sets_the_interval() -> None:
    machine: Any = SimpleNamespace(cpu=Source(), clock=FakeClock(), node="")
    assert REGISTRATION.build(machine, REGISTRATION.options(interval_seconds=7)).interval == 7


@given(st.dictionaries(st.sampled_from(("user", "system", "idle", "iowait", "irq")), st.floats(0, 1e6)))
def test_shares_add_up_to_one_and_busy_lies_between(rates: dict[str, float]) -> None:
    share = shares(rates)
    assert not share or sum(share.values()) == pytest.approx(1)
    assert 0 <= busy(share) <= 1
