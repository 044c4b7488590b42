"""Processor time and kernel counters from /proc and /sys."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from traybeat.host.machine import Roots
from traybeat.host.portable.cpu import Frequency
from traybeat.model.readings.cpu import CpuReading
from traybeat.model.service import Clock

# The order of the columns in /proc/stat: proc(5).
_MODES = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal", "guest", "guest_nice")


def parse_stat(stat: bytes, ticks: int) -> tuple[dict[str, dict[str, float]], dict[str, float]]:
    """Parse /proc/stat: for each core the seconds in each mode, and the first number of every other line.

    `ticks` is how many of the kernel's clock ticks make a second.
    """
    cores: dict[str, dict[str, float]] = {}
    counters: dict[str, float] = {}
    for line in stat.split(b"\n"):
        key, _, rest = line.partition(b" ")
        if key.startswith(b"cpu"):
            if core := key[3:].decode():
                cores[core] = {mode: int(part) / ticks for mode, part in zip(_MODES, rest.split(), strict=False)}
        elif key:
            counters[key.decode("ascii", "replace")] = float(rest.partition(b" ")[0])
    return cores, counters


class LinuxCpu:
    """Reads /proc/stat, /proc/loadavg and the cores' frequencies; `ticks` is what /proc/stat counts a second in."""

    def __init__(self, roots: Roots, psutil: Any, clock: Clock, ticks: int) -> None:
        self._stat = Path(roots.proc, "stat")
        self._load = Path(roots.proc, "loadavg")
        self._cpufreq = Path(roots.sys, "devices/system/cpu")
        self._ticks = ticks
        self._frequency = Frequency(psutil, clock, self._core_frequencies)

    def read(self) -> CpuReading:
        """Read once."""
        cores, counters = parse_stat(self._stat.read_bytes(), self._ticks)
        load = self._load.read_bytes().split()
        frequency, core_frequencies = self._frequency.read()
        return CpuReading(
            cores=cores,
            load=(float(load[0]), float(load[1]), float(load[2])),
            boot_time=counters.get("btime"),
            context_switches=counters.get("ctxt"),
            interrupts=counters.get("intr"),
            forks=counters.get("processes"),
            processes_running=int(counters.get("procs_running", 0)),
            processes_blocked=int(counters.get("procs_blocked", 0)),
            frequency=frequency,
            core_frequencies=core_frequencies,
        )

    def _core_frequencies(self) -> Mapping[str, float]:
        found: dict[str, float] = {}
        for path in self._cpufreq.glob("cpu[0-9]*/cpufreq/scaling_cur_freq"):
            try:
                found[path.parent.parent.name[3:]] = int(path.read_bytes()) * 1000.0
            except (OSError, ValueError):
                continue
        return found
