"""Records what the collectors give on this machine, while something changing goes on, as values for the benchmarks.

    python tests/benchmarks/record.py SECONDS [FILE]

The file is JSON, compressed: for each series its metric, labels and precision, the collector it comes from, and its
values as whole steps of the precision, each as the difference from the one before; and the top processes, each time.
"""

import json
import lzma
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

from traybeat.host.clock import SystemClock
from traybeat.model.errors import NoDataError
from traybeat.model.service import Collector
from traybeat.store.scale import scale

FILE = Path(__file__).parent / "data" / "recorded.json.xz"
EVERY = 2.0


class Recording:
    """All that was collected, by series."""

    def __init__(self) -> None:
        self.series: dict[tuple[str, tuple[str, ...]], dict[str, Any]] = {}
        self.processes: list[list[tuple[Any, ...]]] = []

    def collect(self, collector: Collector) -> None:
        """Collect once."""
        try:
            found = collector.collect()
        except NoDataError:
            return
        for metric, labels, value in found.samples:
            if metric.precision is None:
                continue
            series = self.series.setdefault(
                (metric.name, labels),
                {
                    "name": metric.name,
                    "labels": dict(zip(metric.labels, labels, strict=True)),
                    "precision": metric.precision,
                    "source": collector.name,
                    "every": collector.interval,
                    "values": [],
                },
            )
            series["values"].append(scale(metric.precision).steps(value))
        if found.processes:
            self.processes.append([tuple(one) for one in found.processes])

    def write(self, path: Path) -> None:
        """Write the file."""
        series = [{**one, "values": differences(one["values"])} for one in self.series.values()]
        text = json.dumps({"series": series, "processes": self.processes[::2]}, separators=(",", ":"))
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))


def differences(values: list[int]) -> list[int]:
    return values[:1] + [after - before for before, after in pairwise(values)]


def main() -> None:
    from traybeat.composition.system import collectors

    seconds, path = float(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else FILE
    recording = Recording()
    found = [one.build(seen, one.options()) for one, seen in collectors(SystemClock()).values()]
    due = dict.fromkeys(found, 0.0)
    start = time.monotonic()
    while (now := time.monotonic() - start) < seconds:
        for collector in found:
            if now >= due[collector]:
                due[collector] += collector.interval
                recording.collect(collector)
        time.sleep(max(min(due.values()) - (time.monotonic() - start), 0.0))
    recording.write(path)


if __name__ == "__main__":
    main()
