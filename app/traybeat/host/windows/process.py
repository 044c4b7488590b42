"""Processes from one call of NtQuerySystemInformation, which opens none of them and may see them all.

SYSTEM_PROCESS_INFORMATION: https://learn.microsoft.com/windows/win32/api/winternl/nf-winternl-ntquerysysteminformation
tells a part of it; all of its fields are in phnt's ntexapi.h of System Informer.
"""

import struct
from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

from traybeat.model.errors import NoDataError
from traybeat.model.readings.process import ProcessReading, ProcessTimes

# The offset of the next; threads; private working set; page faults and most threads; cycles; times of start, user and
# kernel, in 100 ns; the name's length, room and place; priority; number; parent; handles; session; key; sizes of
# address space; page faults; working set at most and now.
_ENTRY = struct.Struct("@IIqIIQqqqHHPiPPIIPNNINN")
_TICKS = 1e7


class Entry(NamedTuple):
    """One process, as Windows lists it; `started` is in 100 ns since 1601."""

    pid: int
    name: str
    started: int
    cpu_seconds: float
    memory_bytes: int


class Snapshot(Protocol):
    """Takes the list of all processes."""

    def __call__(self) -> tuple[bytes, int]:
        """Give its bytes, and the address that they were at; raises OSError."""


def entries(data: bytes, base: int) -> Iterator[Entry]:
    """Read the list; of the idle process, number 0, there is nothing to tell."""
    place, step = 0, 1
    while step and place + _ENTRY.size <= len(data):
        step, *_, started, user, kernel, length, _, name, _, pid, _, _, _, _, _, _, _, _, memory = _ENTRY.unpack_from(
            data, place
        )
        place += step
        if pid:
            where = name - base
            told = data[where : where + length].decode("utf-16-le", "replace") if name else ""
            yield Entry(pid, told, started, (user + kernel) / _TICKS, memory)


class WindowsProcess:
    """Reads the list; `user` gives the name of a process's user, empty where it may not be known."""

    def __init__(self, snapshot: Snapshot, user: Callable[[int], str], cores: int) -> None:
        self._snapshot = snapshot
        self._user = user
        self._cores = cores
        self._users: dict[tuple[int, float], str] = {}

    def read(self) -> ProcessReading:
        """Read once; raises NoDataError where Windows shows no processes."""
        processes = tuple(
            ProcessTimes(one.pid, (one.pid, float(one.started)), one.name, one.cpu_seconds, float(one.memory_bytes))
            for one in entries(*self._snapshot())
        )
        if not processes:
            raise NoDataError("Windows shows no processes")
        alive = {one.identity for one in processes}
        self._users = {identity: user for identity, user in self._users.items() if identity in alive}
        named = tuple(one for one in processes if one.name)
        return ProcessReading(named, len(processes), {}, self._cores, self._describe)

    def _describe(self, process: ProcessTimes) -> tuple[str, str] | None:
        if process.identity not in self._users:
            self._users[process.identity] = self._user(process.pid)
        return process.name, self._users[process.identity]
