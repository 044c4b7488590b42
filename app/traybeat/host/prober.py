"""Asks file systems that may never answer, without ever waiting for them.

A helper process asks several mounts one after another. The mount at which it hangs is the culprit: it is reported as
stale and left alone for a while that grows, and as long as the killed helper has not died (a process in uninterruptible
sleep can't be ended) no other is sent after it. The mounts behind it in the queue go to the next helper.
"""

import json
import os
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Generic, TypeVar

from traybeat.host import spawn
from traybeat.host.statvfs import HELPER
from traybeat.model.readings.disk import Usage

DEADLINE_SECONDS = 5.0
INTERVAL_SECONDS = 30.0
BACK_OFF_SECONDS = 60.0
LONGEST_BACK_OFF_SECONDS = 600.0
MOST_UNDYING = 3

K = TypeVar("K", bound=Hashable)
Start = Callable[[list[str], IO[bytes], IO[bytes]], spawn.Process]


@dataclass(slots=True)
class _Helper(Generic[K]):
    """A helper process, the mounts it was sent to, and the file that it writes to."""

    process: spawn.Process
    mounts: tuple[K, ...]
    output: IO[bytes]
    deadline: float
    culprit: K | None = None

    def answers(self) -> dict[K, Usage | None]:
        """Give what it has written so far, and let go of the file."""
        with self.output:
            self.output.seek(0)
            return dict(_parse(self.output.read(), self.mounts))


def _parse(lines: bytes, mounts: tuple[K, ...]) -> Iterator[tuple[K, Usage | None]]:
    for line in lines.split(b"\n")[:-1]:
        try:
            number, *values = json.loads(line)
            yield mounts[number], Usage(*values) if values else None
        except (ValueError, TypeError, IndexError):
            continue


class Prober(Generic[K]):
    """A state machine, moved on by `poll`."""

    def __init__(self, start: Start = spawn.start, command: list[str] | None = None) -> None:
        self._command = spawn.helper_command(HELPER) if command is None else command
        self._start = start
        self._running: _Helper[K] | None = None
        self._undying: list[_Helper[K]] = []
        self._known: dict[K, Usage | None] = {}
        self._due: dict[K, float] = {}
        self._back_off: dict[K, float] = {}

    def poll(self, now: float, mounts: Mapping[K, str]) -> Mapping[K, Usage | None]:
        """Move on, and give what is known: None for a mount that did not answer, nothing for one not asked so far.

        `now` is in seconds of a clock that never goes back; `mounts` gives for each mount to watch the path to ask.
        """
        self._reap()
        if self._running is not None:
            self._look_after(self._running, now)
        self._forget(mounts)
        if self._running is None and len(self._undying) < MOST_UNDYING:
            self._send(now, mounts)
        return self._known

    def close(self) -> None:
        """End the helper that runs, if any, at the end of the program."""
        if self._running is not None:
            self._running.output.close()
            spawn.end(self._running.process)
            self._running = None

    def _reap(self) -> None:
        self._undying = [helper for helper in self._undying if helper.process.poll() is None]

    def _look_after(self, helper: _Helper[K], now: float) -> None:
        if helper.process.poll() is None:
            if now < helper.deadline:
                return
            helper.process.kill()
            self._undying.append(helper)
        self._running = None
        answers = helper.answers()
        self._known |= answers
        for mount in answers:
            self._back_off.pop(mount, None)
        if unanswered := [mount for mount in helper.mounts if mount not in answers]:
            helper.culprit = unanswered[0]
            self._miss(unanswered[0], now)
            self._due |= dict.fromkeys(unanswered[1:], now)

    def _miss(self, mount: K, now: float) -> None:
        delay = self._back_off.get(mount, BACK_OFF_SECONDS)
        self._known[mount] = None
        self._due[mount] = now + delay
        self._back_off[mount] = min(2 * delay, LONGEST_BACK_OFF_SECONDS)

    def _forget(self, mounts: Mapping[K, str]) -> None:
        for memory in (self._known, self._due, self._back_off):
            for mount in [mount for mount in memory if mount not in mounts]:
                del memory[mount]

    def _send(self, now: float, mounts: Mapping[K, str]) -> None:
        hung = {helper.culprit for helper in self._undying}
        due = tuple(mount for mount in mounts if self._due.get(mount, now) <= now and mount not in hung)
        if not due:
            return
        self._due |= dict.fromkeys(due, now + INTERVAL_SECONDS)
        try:
            self._running = self._launch(now, due, mounts)
        except OSError:
            for mount in due:
                self._miss(mount, now)

    def _launch(self, now: float, due: tuple[K, ...], mounts: Mapping[K, str]) -> _Helper[K]:
        with spawn.scratch() as questions:
            questions.writelines(os.fsencode(mounts[mount]) + b"\0" for mount in due)
            questions.seek(0)
            output = spawn.scratch()
            try:
                process = self._start(self._command, questions, output)
            except OSError:
                output.close()
                raise
            return _Helper(process, due, output, now + DEADLINE_SECONDS)
