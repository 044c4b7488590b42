"""Processor time through psutil."""

import os
from collections.abc import Callable, Mapping
from typing import Any

from traybeat.host.portable.tolerate import tolerate
from traybeat.model.readings.cpu import CpuReading
from traybeat.model.service import Clock

FREQUENCY_SECONDS = 10.0


def _no_cores() -> Mapping[str, float]:
    return {}


class Frequency:
    """The cores' frequencies, read at most every ten seconds: each look interrupts every core."""

    def __init__(self, psutil: Any, clock: Clock, cores: Callable[[], Mapping[str, float]] = _no_cores) -> None:
        self._psutil = psutil
        self._clock = clock
        self._cores = cores
        self._due: float | None = None
        self._found: tuple[float | None, Mapping[str, float]] = (None, {})

    def read(self) -> tuple[float | None, Mapping[str, float]]:
        """Give the mean frequency and each core's, in hertz; None and empty where there is none to be had."""
        now = self._clock.monotonic()
        if self._due is None or now >= self._due:
            self._due = now + FREQUENCY_SECONDS
            self._found = self._look()
        return self._found

    def _look(self) -> tuple[float | None, Mapping[str, float]]:
        cores = self._cores()
        if cores:
            return sum(cores.values()) / len(cores), cores
        frequency = tolerate(self._psutil, "cpu_freq")
        return (frequency.current * 1e6 if frequency is not None and frequency.current else None), {}


class PortableCpu:
    """Reads psutil's per-core times and statistics; no load average where the system keeps none."""

    def __init__(self, psutil: Any, clock: Clock) -> None:
        self._psutil = psutil
        self._frequency = Frequency(psutil, clock)
        self._boot_time = tolerate(psutil, "boot_time")

    def read(self) -> CpuReading:
        """Read once."""
        times = self._psutil.cpu_times(percpu=True)
        statistics = tolerate(self._psutil, "cpu_stats")
        frequency, _ = self._frequency.read()
        return CpuReading(
            cores={str(number): core._asdict() for number, core in enumerate(times)},
            load=self._load(),
            boot_time=self._boot_time,
            context_switches=getattr(statistics, "ctx_switches", None),
            interrupts=getattr(statistics, "interrupts", None),
            frequency=frequency,
        )

    @staticmethod
    def _load() -> tuple[float, float, float] | None:
        # The system's own call: psutil's stand-in on Windows keeps a thread of its own and starts from zero.
        getloadavg = getattr(os, "getloadavg", None)
        try:
            return getloadavg() if getloadavg is not None else None
        except OSError:
            return None
