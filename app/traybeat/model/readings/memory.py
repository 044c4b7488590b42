"""Physical memory and swap."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class MemoryReading:
    """One reading, in bytes; None where the operating system does not tell.

    `fields` are node_exporter's gauges for this platform: the part of the metric's name after `node_memory_`, and the
    value.
    """

    total: float
    available: float
    used: float
    cached: float | None = None
    buffers: float | None = None
    swap_total: float | None = None
    swap_used: float | None = None
    fields: Mapping[str, float] | None = None


class MemorySource(Protocol):
    """Where memory readings come from."""

    def read(self) -> MemoryReading:
        """Read once."""
