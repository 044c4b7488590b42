"""Disks: how full the file systems are, and what the block devices do."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated

from traybeat.collectors.registry import Registration
from traybeat.host.machine import Machine
from traybeat.model.metric import Collection, Metric, Sample, counter, gauge
from traybeat.model.rate import Rates, longest_gap
from traybeat.model.readings.disk import BlockDevice, Filesystem, Usage
from traybeat.model.series import distinct
from traybeat.model.settings import CollectorOptions
from traybeat.model.text import clean

_PLACE = ("mountpoint", "device", "fstype")
SIZE = gauge("system_filesystem_size_bytes", "bytes", "Size of the file system.", *_PLACE, precision=1)
USED = gauge("system_filesystem_used_bytes", "bytes", "Space in use.", *_PLACE, precision=1)
FREE = gauge("system_filesystem_free_bytes", "bytes", "Space that users may still fill.", *_PLACE, precision=1)
USED_RATIO = gauge(
    "system_filesystem_used_ratio", "ratio", "Used share of what users may fill, as df has it.", *_PLACE, precision=1e-4
)

READ_BYTES = gauge("system_disk_read_bytes_per_second", "", "Bytes read per second.", "device", precision=1)
WRITTEN_BYTES = gauge("system_disk_written_bytes_per_second", "", "Bytes written per second.", "device", precision=1)
READS = gauge("system_disk_reads_per_second", "", "Reads completed per second.", "device", precision=0.01)
WRITES = gauge("system_disk_writes_per_second", "", "Writes completed per second.", "device", precision=0.01)
BUSY = gauge("system_disk_busy_ratio", "ratio", "Share of the time with work in flight.", "device", precision=1e-4)


def _filesystem(name: str, unit: str, help_: str) -> Metric:
    return gauge(f"node_filesystem_{name}", unit, help_, "device", "fstype", "mountpoint")


NODE_ERROR = _filesystem("device_error", "", "Whether an error occurred while getting statistics for the given device.")
NODE_READ_ONLY = _filesystem("readonly", "", "Filesystem read-only status.")
_NODE_USAGE = (
    _filesystem("size_bytes", "bytes", "Filesystem size in bytes."),
    _filesystem("free_bytes", "bytes", "Filesystem free space in bytes."),
    _filesystem("avail_bytes", "bytes", "Filesystem space available to non-root users in bytes."),
    _filesystem("files", "", "Filesystem total file nodes."),
    _filesystem("files_free", "", "Filesystem total free file nodes."),
)


def _count(name: str, help_: str) -> Metric:
    return counter(f"node_disk_{name}_total", "", help_, "device")


def _bytes(name: str, help_: str) -> Metric:
    return counter(f"node_disk_{name}_bytes_total", "bytes", help_, "device")


def _seconds(name: str, help_: str) -> Metric:
    return counter(f"node_disk_{name}_seconds_total", "seconds", help_, "device")


_NODE_DISK: tuple[tuple[Metric, Callable[[BlockDevice], float | None]], ...] = (
    (_count("reads_completed", "The total number of reads completed successfully."), lambda d: d.reads),
    (_count("reads_merged", "The total number of reads merged."), lambda d: d.reads_merged),
    (_bytes("read", "The total number of bytes read successfully."), lambda d: d.read_bytes),
    (_seconds("read_time", "The total number of seconds spent by all reads."), lambda d: d.read_time),
    (_count("writes_completed", "The total number of writes completed successfully."), lambda d: d.writes),
    (_count("writes_merged", "The number of writes merged."), lambda d: d.writes_merged),
    (_bytes("written", "The total number of bytes written successfully."), lambda d: d.written_bytes),
    (_seconds("write_time", "This is the total number of seconds spent by all writes."), lambda d: d.write_time),
    (gauge("node_disk_io_now", "", "The number of I/Os currently in progress.", "device"), lambda d: d.in_flight),
    (_seconds("io_time", "Total seconds spent doing I/Os."), lambda d: d.busy_time),
    (_seconds("io_time_weighted", "The weighted # of seconds spent doing I/Os."), lambda d: d.weighted_time),
    (_count("discards_completed", "The total number of discards completed successfully."), lambda d: d.discards),
    (_count("discards_merged", "The total number of discards merged."), lambda d: d.discards_merged),
    (
        _count("discarded_sectors", "The total number of sectors discarded successfully."),
        lambda d: d.discarded_sectors,
    ),
    (_seconds("discard_time", "This is the total number of seconds spent by all discards."), lambda d: d.discard_time),
    (_count("flush_requests", "The total number of flush requests completed successfully."), lambda d: d.flushes),
    (
        _seconds("flush_requests_time", "This is the total number of seconds spent by all flush requests."),
        lambda d: d.flush_time,
    ),
)
_RATES: tuple[tuple[Metric, Callable[[BlockDevice], float | None]], ...] = (
    (READ_BYTES, lambda d: d.read_bytes),
    (WRITTEN_BYTES, lambda d: d.written_bytes),
    (READS, lambda d: d.reads),
    (WRITES, lambda d: d.writes),
    (BUSY, lambda d: d.busy_time),
)
_RATE_METRICS = {metric.name: metric for metric, _ in _RATES}


def used_ratio(usage: Usage) -> float | None:
    """Give the share of what users may fill that is in use, as df does; None where there is nothing to fill."""
    used = usage.size - usage.free
    fillable = used + usage.available
    return min(max(used / fillable, 0.0), 1.0) if fillable > 0 else None


class Disk:
    """Collects the usage of file systems and the traffic of block devices."""

    name = "disk"
    metrics = (
        *(SIZE, USED, FREE, USED_RATIO, NODE_ERROR, NODE_READ_ONLY),
        *_NODE_USAGE,
        *(metric for metric, _ in _RATES),
        *(metric for metric, _ in _NODE_DISK),
    )

    def __init__(self, machine: Machine, options: "Options") -> None:
        self.interval = options.interval_seconds
        self._source = machine.disk
        self._clock = machine.clock
        self._network = options.network_filesystems
        self._rates: Rates[tuple[str, str]] = Rates(longest_gap(self.interval))

    def collect(self) -> Collection:
        """Read file systems and devices once; rates need a reading before."""
        reading = self._source.read(network_filesystems=self._network)
        return distinct((*_space(reading.filesystems), *self._traffic(reading.devices)))

    def _traffic(self, devices: Iterable[BlockDevice]) -> Iterator[Sample]:
        counters: dict[tuple[str, str], float] = {}
        for device in devices:
            name = clean(device.device)
            for metric, pick in _NODE_DISK:
                if (value := pick(device)) is not None:
                    yield metric.sample(value, name)
            for metric, pick in _RATES:
                if (value := pick(device)) is not None:
                    counters.setdefault((metric.name, name), value)
        for (rated, name), rate in self._rates(self._clock.monotonic(), counters).items():
            yield _RATE_METRICS[rated].sample(min(rate, 1.0) if rated == BUSY.name else rate, name)


def _space(filesystems: Iterable[Filesystem]) -> Iterator[Sample]:
    for filesystem in filesystems:
        mountpoint, device, fstype = clean(filesystem.mountpoint), clean(filesystem.device), clean(filesystem.fstype)
        node_device = device if filesystem.node_device is None else clean(filesystem.node_device)
        yield NODE_ERROR.sample(float(filesystem.stale), node_device, fstype, mountpoint)
        if filesystem.usage is not None:
            yield NODE_READ_ONLY.sample(float(filesystem.read_only), node_device, fstype, mountpoint)
            yield from _node_usage(filesystem.usage, node_device, fstype, mountpoint)
            yield from _usage(filesystem.usage, mountpoint, device, fstype)


def _node_usage(usage: Usage, *labels: str) -> Iterator[Sample]:
    for metric, value in zip(_NODE_USAGE, usage, strict=True):
        if value is not None:
            yield metric.sample(value, *labels)


def _usage(usage: Usage, *labels: str) -> Iterator[Sample]:
    yield SIZE.sample(usage.size, *labels)
    yield USED.sample(max(usage.size - usage.free, 0.0), *labels)
    yield FREE.sample(usage.available, *labels)
    if (ratio := used_ratio(usage)) is not None:
        yield USED_RATIO.sample(ratio, *labels)


@dataclass(frozen=True, slots=True)
class Options(CollectorOptions):
    """The disk collector's section of the settings."""

    network_filesystems: Annotated[
        bool, "Whether to watch file systems that a server, another machine or a process (FUSE) provides"
    ] = False


REGISTRATION = Registration("disk", Options, Disk.metrics, Disk)
