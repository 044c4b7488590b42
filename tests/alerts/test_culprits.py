import pytest

from traybeat.alerts.culprits import culprits
from traybeat.model.readings.process import Process

PROCESSES = tuple(Process(pid, f"p{pid}", "ann", pid / 10, 1e9 / pid) for pid in range(1, 8))


@pytest.mark.parametrize("metric", ["system_cpu_busy_ratio", "system_load1", "system_temperature_celsius"])
def test_for_work_those_that_work_most_are_kept(metric: str) -> None:
    assert [process.pid for process in culprits(metric, PROCESSES)] == [7, 6, 5, 4, 3]


@pytest.mark.parametrize("metric", ["system_memory_used_ratio", "system_swap_used_ratio"])
def test_for_memory_those_that_hold_most_are_kept(metric: str) -> None:
    assert [process.pid for process in culprits(metric, PROCESSES)] == [1, 2, 3, 4, 5]


def test_for_what_no_process_explains_none_is_kept() -> None:
    assert culprits("system_filesystem_used_ratio", PROCESSES) == ()
