"""Memory from /proc/meminfo."""

import re
from collections.abc import Iterator
from pathlib import Path

from traybeat.host.machine import Roots
from traybeat.model.readings.memory import MemoryReading

_LINE = re.compile(rb"^([^:\s]+):\s+(\d+)( kB)?", re.MULTILINE)


def fields(meminfo: bytes) -> Iterator[tuple[str, float]]:
    """Parse /proc/meminfo into node_exporter's field names and values.

    Its names are the kernel's with parentheses made underscores, and `_bytes` where the kernel says kB
    (node_exporter's meminfo_linux.go).
    """
    for key, number, kilobytes in _LINE.findall(meminfo):
        name = key.decode("ascii", "replace").replace("(", "_").replace(")", "")
        if kilobytes:
            yield name + "_bytes", float(int(number) * 1024)
        else:
            yield name, float(number)


class LinuxMemory:
    """Reads /proc/meminfo."""

    def __init__(self, roots: Roots) -> None:
        self._path = Path(roots.proc, "meminfo")

    def read(self) -> MemoryReading:
        """Read once; kernels before 3.14 have no MemAvailable, then what is free, buffered or cached stands in."""
        found = dict(fields(self._path.read_bytes()))
        total = found["MemTotal_bytes"]
        cached = found.get("Cached_bytes", 0.0)
        buffers = found.get("Buffers_bytes", 0.0)
        available = found.get("MemAvailable_bytes", found.get("MemFree_bytes", 0.0) + cached + buffers)
        return MemoryReading(
            total=total,
            available=available,
            used=max(total - available, 0.0),
            cached=cached,
            buffers=buffers,
            swap_total=found.get("SwapTotal_bytes"),
            swap_used=found.get("SwapTotal_bytes", 0.0) - found.get("SwapFree_bytes", 0.0),
            fields=found,
        )
