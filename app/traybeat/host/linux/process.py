"""Processes from /proc/PID: proc(5)."""

import os
from pathlib import Path
from typing import NamedTuple

from traybeat.host.linux.users import Users
from traybeat.host.machine import Roots
from traybeat.model.errors import NoDataError
from traybeat.model.readings.process import ProcessReading, ProcessTimes
from traybeat.model.service import Clock

# The letters that kernels since 4.14 use (fs/proc/array.c), and psutil's names for them.
_STATES = {
    b"R": "running",
    b"S": "sleeping",
    b"D": "disk_sleep",
    b"T": "stopped",
    b"t": "tracing_stop",
    b"X": "dead",
    b"Z": "zombie",
    b"P": "parked",
    b"I": "idle",
}
_BLOCKED = b"D"
# The kernel cuts a program's name to this many bytes (TASK_COMM_LEN without its last, 0).
_CUT = 15
_KERNEL_THREAD = 0x00200000  # PF_KTHREAD in linux/sched.h
_READ_ONLY = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0)
# A line of 52 numbers of up to 20 digits, and a name of up to 64 bytes, of which the first 24 columns matter.
_LONGEST = 1024
_COLUMNS = 22


class Units(NamedTuple):
    """What the kernel counts in: ticks in a second, bytes in a page."""

    ticks: int
    page: int


def parse_stat(pid: int, stat: bytes, units: Units) -> tuple[bytes, ProcessTimes]:
    """Parse /proc/PID/stat into the letter of the state and the times; raises ValueError where it makes no sense.

    The name may hold any bytes, parentheses and line ends included: it ends at the last parenthesis. A kernel thread's
    goes on after a slash with what it is at just now (`kworker/1:2-events`); that is left out.
    """
    head, _, tail = stat.rpartition(b")")
    name = head[head.index(b"(") + 1 :]
    # The third column (state) and those after it; the time of start is the 22nd, the resident pages the 24th.
    columns = tail.split(None, _COLUMNS)
    if len(columns) < _COLUMNS:
        raise ValueError("too few columns")
    if b"/" in name and int(columns[6]) & _KERNEL_THREAD:
        name = name.partition(b"/")[0]
    times = ProcessTimes(
        pid,
        (pid, int(columns[19])),
        name.decode("utf-8", "surrogateescape"),
        (int(columns[11]) + int(columns[12])) / units.ticks,
        float(int(columns[21]) * units.page),
    )
    return columns[0], times


def full_name(name: str, cmdline: bytes) -> str:
    """Complete a name that the kernel cut, from the command line: by its program or, for a script, the script.

    The command line is whatever the process says; what does not begin with the kernel's name is not believed.
    """
    cut = name.encode("utf-8", "surrogateescape")
    if len(cut) == _CUT:
        for word in cmdline.split(b"\0", 2)[:2]:
            base = word.rpartition(b"/")[2]
            if base.startswith(cut):
                return base.decode("utf-8", "surrogateescape")
    return name


class _Known(NamedTuple):
    """What was found out about a process, and of which."""

    identity: tuple[int, float]
    cut: str
    name: str
    uid: int


class LinuxProcess:
    """Reads /proc/PID/stat of every process, and more of the few that are asked for."""

    def __init__(self, roots: Roots, clock: Clock, units: Units, users: Users | None = None) -> None:
        self._proc = str(roots.proc)
        self._users = users or Users(roots, clock)
        self._units = units
        self._known: dict[int, _Known] = {}
        self._blocked: set[int] = set()

    def read(self) -> ProcessReading:
        """Read once; raises NoDataError where no process is to be seen."""
        found, counts = self._processes()
        if not found:
            raise NoDataError(f"{self._proc} shows no processes")
        if self._known:
            living = {process.pid for process in found}
            self._known = {pid: known for pid, known in self._known.items() if pid in living}
        allocated, maximum = self._open_files()
        return ProcessReading(
            processes=tuple(found),
            count=len(found),
            states={state: counts[letter] for letter, state in _STATES.items()},
            cores=os.cpu_count() or 1,
            describe=self._describe,
            open_files=allocated,
            open_files_limit=maximum,
        )

    def _processes(self) -> tuple[list[ProcessTimes], dict[bytes, int]]:
        counts = dict.fromkeys(_STATES, 0)
        found: list[ProcessTimes] = []
        self._blocked.clear()
        for entry in os.listdir(self._proc):  # noqa: PTH208 (bare names: paths would double the cost)
            if not entry.isdecimal():
                continue
            try:
                state, process = parse_stat(int(entry), self._bytes(f"{entry}/stat"), self._units)
            except (OSError, ValueError):  # it ended meanwhile
                continue
            found.append(process)
            counts[state] = counts.get(state, 0) + 1
            if state == _BLOCKED:
                self._blocked.add(process.pid)
        return found, counts

    def _describe(self, process: ProcessTimes) -> tuple[str, str] | None:
        known = self._known.get(process.pid)
        if known is None or known.identity != process.identity or known.cut != process.name:
            try:
                uid = Path(self._proc, str(process.pid)).stat().st_uid
            except OSError:
                return None
            known = _Known(process.identity, process.name, self._full_name(process), uid)
            self._known[process.pid] = known
        return known.name, self._users(known.uid)

    def _full_name(self, process: ProcessTimes) -> str:
        # The command line lies in the process's own memory: where that waits for a dead disk, so would we.
        if process.pid in self._blocked:
            return process.name
        try:
            return full_name(process.name, self._bytes(f"{process.pid}/cmdline"))
        except OSError:
            return process.name

    def _open_files(self) -> tuple[float | None, float | None]:
        try:
            allocated, _, maximum = self._bytes("sys/fs/file-nr").split()
            return float(allocated), float(maximum)
        except (OSError, ValueError):
            return None, None

    def _bytes(self, name: str) -> bytes:
        descriptor = os.open(f"{self._proc}/{name}", _READ_ONLY)
        try:
            return os.read(descriptor, _LONGEST)
        finally:
            os.close(descriptor)
