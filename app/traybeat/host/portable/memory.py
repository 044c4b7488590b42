"""Memory through psutil."""

from typing import Any

from traybeat.host.portable.tolerate import tolerate
from traybeat.model.readings.memory import MemoryReading

# node_exporter's names on macOS (meminfo_darwin.go), used wherever psutil tells the same thing.
_GAUGES = ("total", "free", "active", "inactive", "wired")


class PortableMemory:
    """Reads psutil's virtual_memory and swap_memory."""

    def __init__(self, psutil: Any) -> None:
        self._psutil = psutil

    def read(self) -> MemoryReading:
        """Read once; swap is left out where psutil can't tell it."""
        memory = self._psutil.virtual_memory()
        swap = tolerate(self._psutil, "swap_memory")
        found = {
            f"{name}_bytes": float(value) for name in _GAUGES if (value := getattr(memory, name, None)) is not None
        }
        if swap is not None:
            found |= {"swap_total_bytes": float(swap.total), "swap_used_bytes": float(swap.used)}
        return MemoryReading(
            total=float(memory.total),
            available=float(memory.available),
            used=float(memory.total - memory.available),
            cached=getattr(memory, "cached", None),
            buffers=getattr(memory, "buffers", None),
            swap_total=None if swap is None else float(swap.total),
            swap_used=None if swap is None else float(swap.used),
            fields=found,
        )
