"""Processor time and the kernel's own counters."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class CpuReading:
    """One reading; what an operating system does not tell is None or empty.

    `cores` gives for each core (by its number, as text) the seconds spent in each mode since boot; `guest` and
    `guest_nice` are contained in `user` and `nice`. `load` is over 1, 5 and 15 minutes. Frequencies are in hertz.
    """

    cores: Mapping[str, Mapping[str, float]]
    load: tuple[float, float, float] | None = None
    boot_time: float | None = None
    context_switches: float | None = None
    interrupts: float | None = None
    forks: float | None = None
    processes_running: int | None = None
    processes_blocked: int | None = None
    frequency: float | None = None
    core_frequencies: Mapping[str, float] | None = None


class CpuSource(Protocol):
    """Where processor readings come from."""

    def read(self) -> CpuReading:
        """Read once."""
