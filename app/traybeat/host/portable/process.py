"""Processes through psutil."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from traybeat.host.portable.tolerate import refusals, tolerate
from traybeat.model.errors import NoDataError
from traybeat.model.readings.process import ProcessReading, ProcessTimes

# Windows accounts the time when nothing runs to a process of this name.
_IDLE = "System Idle Process"


@dataclass(slots=True)
class _Known:
    """What was found out about a process; `denied`: it was in vain to ask what it takes, and is not asked again."""

    handle: Any
    identity: tuple[int, float]
    name: str
    user: str | None = None
    cpu_seconds: float = 0.0
    denied: bool = False


class PortableProcess:
    """Reads psutil's view of every process; of one that it may not look into, the name alone."""

    def __init__(self, psutil: Any) -> None:
        self._psutil = psutil
        self._refusals = refusals(psutil)
        # On Windows each question for one process's state makes the system list all of them.
        self._has_states = not getattr(psutil, "WINDOWS", False)
        self._known: dict[int, _Known] = {}
        self._states: dict[str, int] = {}
        self._numbers = itertools.count()

    def read(self) -> ProcessReading:
        """Read once; raises NoDataError where psutil shows no processes."""
        handles = self._handles()
        self._states = dict.fromkeys(self._states, 0)
        known: dict[int, _Known] = {}
        processes = []
        for handle in handles:
            try:
                with handle.oneshot():
                    known[handle.pid], process = self._process(handle)
            except self._psutil.NoSuchProcess:
                continue
            if process is not None:
                processes.append(process)
        self._known = known
        # Where psutil can't look at processes (under wine), it may still count them.
        count = len(known) or len(tolerate(self._psutil, "pids") or ())
        if not count:
            raise NoDataError("psutil shows no processes")
        cores = tolerate(self._psutil, "cpu_count") or 1
        return ProcessReading(tuple(processes), count, dict(self._states), cores, self._describe)

    def _handles(self) -> list[Any]:
        try:
            return list(self._psutil.process_iter())
        except self._refusals:
            return []

    def _process(self, handle: Any) -> tuple[_Known, ProcessTimes | None]:
        known = self._known.get(handle.pid)
        # psutil gives the same handle for as long as it takes a process for the same.
        if known is None or known.handle is not handle:
            known = _Known(handle, (handle.pid, next(self._numbers)), self._ask(handle.name) or "")
        if self._has_states and (state := self._ask(handle.status)):
            state = state.replace("-", "_")
            self._states[state] = self._states.get(state, 0) + 1
        seconds, memory = (None, None) if known.denied else self._times(known)
        return known, ProcessTimes(handle.pid, known.identity, known.name, seconds, memory) if known.name else None

    def _times(self, known: _Known) -> tuple[float | None, float | None]:
        times = self._ask(known.handle.cpu_times)
        memory = self._ask(known.handle.memory_info)
        if times is None and memory is None:
            known.denied = True
        if times is None or known.name == _IDLE:
            return None, memory and float(memory.rss)
        seconds = times.user + times.system
        if seconds < known.cpu_seconds:
            # The number was given to another process: asked for, psutil notices, and its next list has the new one.
            known.handle.is_running()
        known.cpu_seconds = seconds
        return seconds, memory and float(memory.rss)

    def _describe(self, process: ProcessTimes) -> tuple[str, str] | None:
        known = self._known.get(process.pid)
        if known is None or known.identity != process.identity:
            return None
        if known.user is None:
            try:
                if not known.handle.is_running():
                    return None
                # A process seen just after its start may have become another program since.
                known.name = self._ask(known.handle.name) or known.name
                known.user = self._ask(known.handle.username) or ""
            except self._psutil.NoSuchProcess:
                return None
        return known.name, known.user

    def _ask(self, question: Callable[[], Any]) -> Any:
        """Ask psutil about a process: None where it won't tell; raises NoSuchProcess where it has ended."""
        try:
            return question()
        except self._psutil.ZombieProcess:
            return None
        except self._psutil.NoSuchProcess:
            raise
        except self._refusals:
            return None
