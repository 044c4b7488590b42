"""Thirty days of an invented machine's history, for pictures and measurements: days, nights, builds, sleep."""

import math
import random
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from fakes import FakeClock
from traybeat.collectors.registry import discover
from traybeat.engine import monitor
from traybeat.model.metric import Batch, Metric, Sample
from traybeat.model.readings.process import Process
from traybeat.model.settings import History as Options
from traybeat.store.history import History

DAY = 86_400.0
GIB = 2.0**30
CORES = 8
_STRETCHES = ((30 * DAY, 300.0), (7 * DAY, 60.0), (DAY, 20.0), (6 * 3600.0, 2.0))
"""How far back, and every how many seconds from there on."""
_FILES = (("/", "/dev/nvme0n1p2", "ext4", 238.0, 61.0), ("/home", "/dev/nvme0n1p3", "ext4", 460.0, 330.0))
_PROGRAMS = (("firefox", 0.09, 5.2), ("code", 0.04, 2.1), ("gnome-shell", 0.022, 0.41), ("slack", 0.018, 1.3),
             ("postgres", 0.009, 0.39), ("dockerd", 0.006, 0.2), ("pipewire", 0.004, 0.04))  # fmt: skip
_BUILDS = ((0.9, 12), (2.3, 24), (5.1, 31), (9.4, 18), (16.2, 44), (24.6, 22))
"""How many days ago, and for how many minutes, a build kept all cores busy."""
_BUILDERS = (("cargo", 0.71, 0.9), ("rustc", 0.16, 2.4))


class Past:
    """Values at any time: smooth over the day, with bursts of work."""

    def __init__(self, seed: int = 1) -> None:
        self._chance = random.Random(seed)  # noqa: S311 (invented values)
        self._noise = 0.0
        self._burst = 0.0
        found = [metric for one in discover() for metric in one.metrics] + list(monitor.METRICS)
        self._metrics: Mapping[str, Metric] = {metric.name: metric for metric in found}

    def batches(self, now: float) -> Iterator[Batch]:
        """Give thirty days up to `now`; each night five hours asleep, or switched off on Sundays."""
        time_, away = now - 30 * DAY, 0.0
        while time_ < now:
            back = now - time_
            hour = time_ / 3600 % 24
            if 1.0 <= hour < 6.5 and back > DAY / 4:
                away += 300
                time_ += 300
                continue
            if away:
                yield self._woken(time_, away)
                away = 0.0
            yield from self.at(time_, hour, back)
            time_ += min(step for reach, step in _STRETCHES if back <= reach)

    def _woken(self, time_: float, away: float) -> Batch:
        off = time_ // DAY % 7 == 3
        told = ("agent_start_uptime_seconds", (), 38.0) if off else ("agent_last_sleep_seconds", (), away)
        return self._batch("agent", time_, [told])

    def at(self, time_: float, hour: float, back: float) -> Iterator[Batch]:
        """Give one batch of each collector."""
        chance = self._chance
        self._noise = 0.92 * self._noise + chance.gauss(0, 0.012)
        self._burst = 0.8 * self._burst if chance.random() > 0.006 else chance.uniform(0.25, 0.6)
        day = 0.5 + 0.5 * math.sin((hour - 9) / 24 * 2 * math.pi)
        built = any(0 <= ago * DAY - back < minutes * 60 for ago, minutes in _BUILDS)
        work = max(0.02, (0.97 if built else 0.08 + 0.14 * day + self._burst) + self._noise)
        user, system, wait = 0.62 * work, 0.26 * work, 0.12 * work * chance.random()
        busy = min(1.0, user + system + wait)
        yield self._batch("cpu", time_, [
            ("system_cpu_busy_ratio", (), busy),
            *(("system_cpu_usage_ratio", (mode,), value) for mode, value in
              (("user", user), ("system", system), ("iowait", wait), ("idle", 1 - busy))),
            *(("system_cpu_core_busy_ratio", (str(n),), min(1, busy * chance.uniform(0.4, 1.7))) for n in range(CORES)),
            *((f"system_load{n}", (), CORES * work * (1 + 0.1 * math.sin(time_ / 60 / n))) for n in (1, 5, 15)),
            ("system_cpu_frequency_hertz", (), 2.1e9 + 1.8e9 * busy),
        ])  # fmt: skip
        used = 0.42 + 0.2 * day + self._noise + 0.2 * self._burst + 0.1 * built
        yield self._batch("memory", time_, [
            ("system_memory_total_bytes", (), 31.2 * GIB), ("system_memory_used_bytes", (), 31.2 * GIB * used),
            ("system_memory_available_bytes", (), 31.2 * GIB * (1 - used)), ("system_memory_used_ratio", (), used),
            ("system_memory_cached_bytes", (), 31.2 * GIB * (1 - used) * 0.7),
            ("system_memory_buffers_bytes", (), 0.3 * GIB),
            ("system_swap_total_bytes", (), 8 * GIB), ("system_swap_used_bytes", (), 0.96 * GIB),
            ("system_swap_used_ratio", (), 0.12),
        ])  # fmt: skip
        rate = 4e6 * (1 + 30 * self._burst) * chance.uniform(0.3, 2)
        grown = [
            (m, d, f, size, fill + (30 * DAY - back) / DAY * (2.4 if m == "/home" else 0))
            for m, d, f, size, fill in _FILES
        ]
        yield self._batch("disk", time_, [
            *((f"system_filesystem_{what}_bytes", (m, d, f), value * GIB) for m, d, f, size, fill in grown
              for what, value in (("size", size), ("used", fill), ("free", size - fill))),
            *(("system_filesystem_used_ratio", (m, d, f), fill / size) for m, d, f, size, fill in grown),
            ("system_disk_read_bytes_per_second", ("nvme0n1",), rate),
            ("system_disk_written_bytes_per_second", ("nvme0n1",), 0.4 * rate * chance.uniform(0.5, 1.5)),
            ("system_disk_reads_per_second", ("nvme0n1",), rate / 16_000),
            ("system_disk_writes_per_second", ("nvme0n1",), rate / 30_000),
            ("system_disk_busy_ratio", ("nvme0n1",), min(1, rate / 2e8)),
        ])  # fmt: skip
        flow = 6e5 * (1 + 40 * self._burst) * chance.uniform(0.2, 3)
        yield self._batch("network", time_, [
            ("system_network_receive_bytes_per_second", ("wlan0",), flow),
            ("system_network_transmit_bytes_per_second", ("wlan0",), 0.1 * flow * chance.uniform(0.5, 2)),
            ("system_network_receive_packets_per_second", ("wlan0",), flow / 1100),
            ("system_network_transmit_packets_per_second", ("wlan0",), flow / 2100),
            ("system_network_receive_errors_per_second", ("wlan0",), 0),
            ("system_network_transmit_errors_per_second", ("wlan0",), 0),
            ("system_network_connections", ("established",), 61), ("system_network_connections", ("time_wait",), 9),
            ("system_network_connections", ("listen",), 22),
        ])  # fmt: skip
        heat = 42 + 38 * busy + 4 * day
        yield self._batch("sensors", time_, [
            ("system_temperature_celsius", ("coretemp", "Package id 0"), heat),
            ("system_temperature_celsius", ("nvme", "Composite"), 0.55 * heat + 12),
            ("system_fan_rpm", ("thinkpad", "fan1"), 1800 + 1500 * busy),
        ])  # fmt: skip
        charge = 0.45 + 0.4 * math.sin(time_ / 7000)
        yield self._batch("battery", time_, [
            ("system_battery_charge_ratio", (), charge),
            ("system_battery_discharging", (), float(math.cos(time_ / 7000) < 0)),
            ("system_battery_remaining_seconds", (), charge * 18_000),
        ])  # fmt: skip
        yield self._batch("agent", time_, [
            ("agent_memory_rss_bytes", (), 41e6 + chance.gauss(0, 2e5)), ("agent_cpu_usage_ratio", (), 0.003),
        ])  # fmt: skip
        processes = tuple(
            Process(
                1000 + n, name, "anna", min(0.9, cpu * chance.uniform(0.6, 1.2) * (1 + 3 * self._burst)), memory * GIB
            )
            for n, (name, cpu, memory) in enumerate((*(_BUILDERS if built else ()), *_PROGRAMS))
        )
        yield self._batch("process", time_, [("system_process_count", (), 312)], processes)

    def _batch(
        self,
        source: str,
        time_: float,
        values: list[tuple[str, tuple[str, ...], float]],
        processes: tuple[Process, ...] = (),
    ) -> Batch:
        samples = tuple(
            Sample(self._metrics[name], labels, value) for name, labels, value in values if name in self._metrics
        )
        return Batch(source, time_, samples, 0.001, None, processes)


def write(path: Path, now: float, seed: int = 1) -> None:
    """Fill a telemetry database."""
    clock = FakeClock(wall=now - 30 * DAY)
    history = History(path, clock, Options())
    committed = clock.wall()
    for batch in Past(seed).batches(now):
        clock.go(max(0.0, batch.time - clock.wall()))
        history.accept(batch)
        if clock.wall() - committed > 60:
            committed = clock.wall()
            history.flush()
    history.flush()


if __name__ == "__main__":
    write(Path(sys.argv[1]), time.time())
