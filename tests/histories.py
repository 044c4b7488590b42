"""What tests of the history share: a history on a fake clock, and what it should say."""

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

from fakes import FakeClock
from traybeat.model.metric import Batch, Metric, Sample, gauge
from traybeat.model.readings.process import Process
from traybeat.model.selector import Selector
from traybeat.model.settings import History as Options
from traybeat.model.stop import Stop
from traybeat.store.database import Connect
from traybeat.store.history import History
from traybeat.store.query import Line
from traybeat.store.writer import MOST_BYTES_IN_MEMORY

RATIO = gauge("system_cpu_busy_ratio", "ratio", "Busy.", precision=1e-4)
BYTES = gauge("system_disk_read_bytes_per_second", "", "Read.", "device", precision=1)
HERTZ = gauge("system_cpu_frequency_hertz", "hertz", "Frequency.", precision=1_000_000)
EXPORTED = gauge("node_load1", "", "Only exported.")
HOUR, DAY = 3600, 86400
START = 1_700_000_000 // DAY * DAY
"""A midnight, in Unix seconds."""


class Kept:
    """A history, its clock, and short ways to use them."""

    def __init__(
        self,
        path: Path,
        options: Options | None = None,
        now: float = START,
        connect: Connect = sqlite3.connect,
        most_in_memory: int = MOST_BYTES_IN_MEMORY,
    ) -> None:
        self.path = path
        self.clock = FakeClock(wall=now)
        self.options = options or Options()
        self._rest = (connect, most_in_memory)
        self.start()

    def start(self) -> None:
        """Start, or start anew after an end in good order."""
        self.history = History(self.path, self.clock, self.options, *self._rest)

    def give(self, metric: Metric, value: float, *labels: str, at: float | None = None) -> None:
        """Hand one sample over, taken now or at a time."""
        time = self.clock.wall() if at is None else at
        self.history.accept(Batch("test", time, (Sample(metric, labels, value),), 0.0))

    def show(self, *processes: Process) -> None:
        """Hand top processes over."""
        self.history.accept(Batch("process", self.clock.wall(), (), 0.0, processes=processes))

    def run(self, values: Iterable[float], every: float = 2.0, metric: Metric = RATIO, *labels: str) -> None:
        """Hand values over at a rhythm, with a commit about every nine seconds."""
        committed = self.clock.wall()
        for value in values:
            self.give(metric, value, *labels)
            self.clock.go(every)
            if self.clock.wall() - committed >= 9:
                self.history.flush()
                committed = self.clock.wall()

    def settle(self) -> None:
        """Let an hour and more pass with nothing new, so that all is over, and sealed."""
        self.clock.go(2 * HOUR)
        for _ in range(5):
            self.history.flush()

    def again(self) -> None:
        """Start anew on what kill -9 would leave on the disk at this moment."""
        left = self.path.with_name(f"again-{self.path.name}")
        for suffix in ("", "-wal"):
            left.with_name(left.name + suffix).write_bytes(self.path.with_name(self.path.name + suffix).read_bytes())
        self.close()
        self.path = left
        self.start()
        self.history.flush()

    def close(self) -> None:
        """End in good order."""
        stop = Stop()
        stop.set()
        self.history.run(stop)

    def lines(self, name: str, start: float, end: float, points: int = 11_000) -> tuple[Line, ...]:
        return self.history.reader.query(Selector(name), start, end, points)

    def line(self, metric: Metric, start: float, end: float, points: int = 11_000) -> Line:
        (found,) = self.lines(metric.name, start, end, points)
        return found


def read(line: Line) -> list[tuple[float, float]]:
    """Give the times and averages of a line."""
    return list(zip(line.times, line.averages, strict=True))


def summed(pairs: Sequence[tuple[float, float]], step: float) -> list[tuple[float, float, float, float, int]]:
    """Sum up samples as a tier should: start, average, minimum, maximum, count of each window."""
    windows: dict[float, list[float]] = {}
    for time, value in pairs:
        windows.setdefault(time // step * step, []).append(value)
    return [
        (start, sum(values) / len(values), min(values), max(values), len(values))
        for start, values in sorted(windows.items())
    ]
