"""Memory and swap: how much there is, how much is used."""

from collections.abc import Iterator
from dataclasses import dataclass

from traybeat.collectors.registry import Registration
from traybeat.host.machine import Machine
from traybeat.model.metric import Collection, Metric, Sample, gauge
from traybeat.model.settings import CollectorOptions

TOTAL = gauge("system_memory_total_bytes", "bytes", "Physical memory.", precision=1)
USED = gauge("system_memory_used_bytes", "bytes", "Memory that is not available for use.", precision=1)
AVAILABLE = gauge("system_memory_available_bytes", "bytes", "Memory available without swapping.", precision=1)
CACHED = gauge("system_memory_cached_bytes", "bytes", "Memory that caches files.", precision=1)
BUFFERS = gauge("system_memory_buffers_bytes", "bytes", "Memory that buffers block devices.", precision=1)
USED_RATIO = gauge("system_memory_used_ratio", "ratio", "Used share of physical memory.", precision=1e-4)
SWAP_TOTAL = gauge("system_swap_total_bytes", "bytes", "Swap space.", precision=1)
SWAP_USED = gauge("system_swap_used_bytes", "bytes", "Swap space in use.", precision=1)
SWAP_USED_RATIO = gauge("system_swap_used_ratio", "ratio", "Used share of swap space.", precision=1e-4)


class Memory:
    """Collects physical memory and swap."""

    name = "memory"
    metrics = (TOTAL, USED, AVAILABLE, CACHED, BUFFERS, USED_RATIO, SWAP_TOTAL, SWAP_USED, SWAP_USED_RATIO)

    def __init__(self, machine: Machine, options: CollectorOptions) -> None:
        self.interval = options.interval_seconds
        self._source = machine.memory
        self._fields: dict[str, Metric] = {}

    def collect(self) -> Collection:
        """Read memory once."""
        return Collection(tuple(self._samples()))

    def _samples(self) -> Iterator[Sample]:
        reading = self._source.read()
        yield TOTAL.sample(reading.total)
        yield USED.sample(reading.used)
        yield AVAILABLE.sample(reading.available)
        if reading.total > 0:
            yield USED_RATIO.sample(reading.used / reading.total)
        if reading.cached is not None:
            yield CACHED.sample(reading.cached)
        if reading.buffers is not None:
            yield BUFFERS.sample(reading.buffers)
        if reading.swap_total is not None and reading.swap_used is not None:
            yield SWAP_TOTAL.sample(reading.swap_total)
            yield SWAP_USED.sample(reading.swap_used)
            # A machine without swap uses none of it: a ratio of 0 keeps rules that watch it quiet, not blind.
            yield SWAP_USED_RATIO.sample(reading.swap_used / reading.swap_total if reading.swap_total else 0.0)
        for field, value in (reading.fields or {}).items():
            yield self._metric(field).sample(value)

    def _metric(self, field: str) -> Metric:
        if field not in self._fields:
            unit = "bytes" if field.endswith("_bytes") else ""
            self._fields[field] = gauge(f"node_memory_{field}", unit, f"Memory information field {field}.")
        return self._fields[field]


@dataclass(frozen=True, slots=True)
class Options(CollectorOptions):
    """The memory collector's section of the settings."""


REGISTRATION = Registration("memory", Options, Memory.metrics, Memory)
