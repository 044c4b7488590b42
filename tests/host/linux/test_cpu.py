from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from fakes import FakeClock
from traybeat.host.linux.cpu import LinuxCpu, parse_stat
from traybeat.host.machine import Roots
from traybeat.host.portable.cpu import FREQUENCY_SECONDS

STAT = b"""\
cpu  400 20 60 1000 40 5 6 7 8 9
cpu0 300 10 50 600 30 1 2 3 4 5
cpu1 100 10 10 400 10 4 4 4 4 4
intr 12345 0 9 0
ctxt 67890
btime 1700000000
processes 4321
procs_running 3
procs_blocked 1
softirq 1 2 3
"""


@pytest.fixture
def roots(tmp_path: Path) -> Roots:
    proc, sys = tmp_path / "proc", tmp_path / "sys"
    proc.mkdir()
    (proc / "stat").write_bytes(STAT)
    (proc / "loadavg").write_bytes(b"0.50 1.25 2.00 3/456 789\n")
    return Roots(proc, sys, tmp_path)


def cpufreq(roots: Roots, core: int, content: str) -> None:
    folder = roots.sys / f"devices/system/cpu/cpu{core}/cpufreq"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "scaling_cur_freq").write_text(content)


def psutil(**calls: Any) -> Any:
    return SimpleNamespace(Error=RuntimeError, **calls)


def test_each_core_has_its_seconds_in_each_mode() -> None:
    cores, _ = parse_stat(STAT, 100)
    assert list(cores) == ["0", "1"]
    assert cores["0"]["user"] == 3.0
    assert cores["0"]["iowait"] == 0.3
    assert cores["1"]["guest_nice"] == 0.04


def test_an_old_kernel_with_fewer_columns_gives_fewer_modes() -> None:
    cores, _ = parse_stat(b"cpu  1 2 3 4\ncpu0 1 2 3 4\n", 1)
    assert cores == {"0": {"user": 1, "nice": 2, "system": 3, "idle": 4}}


def test_the_kernels_own_counters_are_read(roots: Roots) -> None:
    reading = LinuxCpu(roots, psutil(), FakeClock(), ticks=100).read()
    assert (reading.interrupts, reading.context_switches, reading.forks) == (12345, 67890, 4321)
    assert (reading.processes_running, reading.processes_blocked) == (3, 1)
    assert reading.boot_time == 1_700_000_000
    assert reading.load == (0.5, 1.25, 2.0)


def test_frequencies_are_the_kernels_in_hertz(roots: Roots) -> None:
    cpufreq(roots, 0, "1000000\n")
    cpufreq(roots, 1, "3000000\n")
    reading = LinuxCpu(roots, psutil(), FakeClock(), ticks=100).read()
    assert reading.core_frequencies == {"0": 1e9, "1": 3e9}
    assert reading.frequency == 2e9


def test_a_core_that_does_not_tell_its_frequency_is_left_out(roots: Roots) -> None:
    cpufreq(roots, 0, "1000000\n")
    cpufreq(roots, 1, "<unknown>\n")
    reading = LinuxCpu(roots, psutil(), FakeClock(), ticks=100).read()
    assert reading.core_frequencies == {"0": 1e9}


def test_frequencies_are_looked_at_every_ten_seconds_only(roots: Roots) -> None:
    cpufreq(roots, 0, "1000000\n")
    clock = FakeClock()
    source = LinuxCpu(roots, psutil(), clock, ticks=100)
    source.read()
    cpufreq(roots, 0, "2000000\n")
    clock.go(FREQUENCY_SECONDS - 1)
    assert source.read().frequency == 1e9
    clock.go(1)
    assert source.read().frequency == 2e9


def test_without_files_psutil_tells_the_frequency_in_megahertz(roots: Roots) -> None:
    found = LinuxCpu(roots, psutil(cpu_freq=lambda: SimpleNamespace(current=2400.5)), FakeClock(), ticks=100).read()
    assert found.frequency == 2_400_500_000
    assert found.core_frequencies == {}


def test_a_machine_without_frequencies_gives_none(roots: Roots) -> None:
    assert LinuxCpu(roots, psutil(cpu_freq=lambda: None), FakeClock(), ticks=100).read().frequency is None
