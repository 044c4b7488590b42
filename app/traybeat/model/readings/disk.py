"""File systems and block devices."""

from dataclasses import dataclass
from typing import NamedTuple, Protocol


class Usage(NamedTuple):
    """How full a file system is: bytes, and numbers of files where it counts them.

    `free` includes what is reserved for the superuser, `available` does not.
    """

    size: float
    free: float
    available: float
    files: float | None = None
    files_free: float | None = None


@dataclass(frozen=True, slots=True)
class Filesystem:
    """A mounted file system; `usage` is None while it is `stale`: it refused, or did not answer within its deadline.

    `node_device` is the device as node_exporter writes it, with the kernel's octal escapes, where that differs.
    """

    device: str
    mountpoint: str
    fstype: str
    read_only: bool = False
    usage: Usage | None = None
    node_device: str | None = None

    @property
    def stale(self) -> bool:
        """Whether it has not answered."""
        return self.usage is None


@dataclass(frozen=True, slots=True)
class BlockDevice:
    """A block device's counters since boot; None where the operating system does not count.

    Times are in seconds, `weighted_time` is the time summed over all requests in flight.
    """

    device: str
    reads: float | None = None
    reads_merged: float | None = None
    read_bytes: float | None = None
    read_time: float | None = None
    writes: float | None = None
    writes_merged: float | None = None
    written_bytes: float | None = None
    write_time: float | None = None
    in_flight: float | None = None
    busy_time: float | None = None
    weighted_time: float | None = None
    discards: float | None = None
    discards_merged: float | None = None
    discarded_sectors: float | None = None
    discard_time: float | None = None
    flushes: float | None = None
    flush_time: float | None = None


@dataclass(frozen=True, slots=True)
class DiskReading:
    """One reading."""

    filesystems: tuple[Filesystem, ...] = ()
    devices: tuple[BlockDevice, ...] = ()


class DiskSource(Protocol):
    """Where disk readings come from; never blocks on a file system that is served over a network."""

    def read(self, *, network_filesystems: bool) -> DiskReading:
        """Read once; with `network_filesystems`, those too, as of the last time they were asked."""
