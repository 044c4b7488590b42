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

    `identity` tells a process from all others, earlier ones of the same PID included, and lasts for its life. `name`
    is what the operating system calls it at no cost, perhaps cut short, any bytes in it. `cpu_seconds` is since its
    start; that and memory are None where the operating system does not let us see them.
    """

    pid: int
    identity: tuple[int, float]
    name: str
    cpu_seconds: float | None
    memory_bytes: float | None


@dataclass(frozen=True, slots=True)
class ProcessReading:
    """One reading: every process that has a name, how many there are in all, and how many in each state.

    `states` is empty where the operating system keeps none that are cheap to ask for. `cores` are the processors that
    share the work.
    """

    processes: tuple[ProcessTimes, ...]
    count: int
    states: Mapping[str, int]
    cores: int
    describe: Callable[[ProcessTimes], tuple[str, str] | None]
    open_files: float | None = None
    open_files_limit: float | None = None


class ProcessSource(Protocol):
    """Where process readings come from."""

    def read(self) -> ProcessReading:
        """Read once; raises NoDataError where no process is to be seen.

        `describe` of the reading gives a process's full name and its user (empty: not known), looked up once in its
        life; None when it has ended. It costs: ask for the few that are shown, before the next reading.
        """
