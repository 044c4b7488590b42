"""Processes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol


class Process(NamedTuple):
    """One of the top processes, for people. `cpu_ratio` is of the whole machine's processor time, 0 to 1."""

    pid: int
    name: str
    user: str
    cpu_ratio: float
    memory_bytes: float


class ProcessTimes(NamedTuple):
    """One process in one reading.

    `identity` tells a process from an earlier one of the same PID: it stays the same for the process's life and
    changes when the PID is used again or the process becomes another program. `cpu_seconds` is since its start, None
    where the operating system does not let us see it.
    """

    pid: int
    identity: tuple[object, ...]
    cpu_seconds: float | None
    memory_bytes: float | None


@dataclass(frozen=True, slots=True)
class ProcessReading:
    """One reading: every process, and how many are in each state (`running`, `sleeping`, ...)."""

    processes: tuple[ProcessTimes, ...]
    states: Mapping[str, int]
    describe: Callable[[ProcessTimes], tuple[str, str]]
    open_files: float | None = None
    open_files_limit: float | None = None


class ProcessSource(Protocol):
    """Where process readings come from."""

    def read(self) -> ProcessReading:
        """Read once; `describe` of the reading gives a process's name and user, looked up once in its life."""
