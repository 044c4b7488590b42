"""File systems from mountinfo and statvfs, block devices from /proc/diskstats."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from traybeat.host import statvfs
from traybeat.host.linux.mounts import Mount, parse, worth_watching
from traybeat.host.machine import Roots
from traybeat.host.prober import Prober
from traybeat.model.readings.disk import BlockDevice, DiskReading, Filesystem, Usage
from traybeat.model.service import Clock

# Partitions and devices in memory: node_exporter's default (diskstats_linux.go), and the partitions of memory cards.
_LEFT_OUT = re.compile(rb"(z?ram|loop|fd|(h|s|v|xv)d[a-z]|(nvme\d+n|mmcblk|nbd)\d+p)\d+")
# What a column of /proc/diskstats after the device's name is to be multiplied by, in the order of BlockDevice's
# fields: sectors are 512 bytes, times are milliseconds (the kernel's Documentation/admin-guide/iostats.rst). Discarded
# sectors stay sectors, as in node_exporter.
_MILLI = 0.001
_SCALES = (1, 1, 512, _MILLI, 1, 1, 512, _MILLI, 1, _MILLI, _MILLI, 1, 1, 1, _MILLI, 1, _MILLI)
_FEWEST_COLUMNS = 14


def parse_diskstats(diskstats: bytes) -> Iterator[BlockDevice]:
    """Give every whole device; kernels before 4.18 know no discards, before 5.5 no flushes."""
    for line in diskstats.split(b"\n"):
        columns = line.split()
        if len(columns) < _FEWEST_COLUMNS or _LEFT_OUT.fullmatch(columns[2]):
            continue
        try:
            values = [int(column) * scale for column, scale in zip(columns[3:], _SCALES, strict=False)]
        except ValueError:
            continue
        yield BlockDevice(columns[2].decode("utf-8", "surrogateescape"), *values)


def _device(path: str) -> int | None:
    """Give the number of the device that a path is on; None where it can't be told."""
    try:
        return os.stat(path).st_dev  # noqa: PTH116 (a Path for each would cost as much as the call)
    except OSError:
        return None


class LinuxDisk:
    """Reads the mounts of this machine (of the first process, where its /proc is not ours) and their usage."""

    def __init__(
        self,
        roots: Roots,
        clock: Clock,
        prober: Prober[Mount] | None = None,
        usage: Callable[[str], statvfs.Numbers] = statvfs.usage,
        device: Callable[[str], int | None] = _device,
    ) -> None:
        self._mountinfo = roots.proc / ("self/mountinfo" if roots.proc == Path("/proc") else "1/mountinfo")
        self._diskstats = roots.proc / "diskstats"
        self._root = str(roots.root).rstrip("/")
        self._clock = clock
        self._prober: Prober[Mount] = Prober() if prober is None else prober
        self._usage = usage
        self._device = device
        self._listing = b""
        self._mounts: list[Mount] = []

    def read(self, *, network_filesystems: bool) -> DiskReading:
        """Read once; of the two parts, one that can't be read is empty."""
        remote = {mount: self._path(mount) for mount in self._look() if mount.network and network_filesystems}
        answers = self._prober.poll(self._clock.monotonic(), remote)
        local = (mount for mount in self._mounts if not mount.network and self._reached(mount))
        filesystems = [_filesystem(mount, self._ask(mount)) for mount in local]
        filesystems += [_filesystem(mount, answers[mount]) for mount in remote if mount in answers]
        return DiskReading(tuple(filesystems), tuple(parse_diskstats(_content(self._diskstats))))

    def close(self) -> None:
        """Leave no helper behind at the end of the program."""
        self._prober.close()

    def _look(self) -> list[Mount]:
        listing = _content(self._mountinfo)
        if listing != self._listing:
            self._listing = listing
            self._mounts = worth_watching(parse(listing))
        return self._mounts

    def _path(self, mount: Mount) -> str:
        return self._root + mount.mountpoint

    def _reached(self, mount: Mount) -> bool:
        """Say whether a path below another's root leads to this very file system.

        What a host mounts once a container runs may not show in there: the path then leads to the one below, whose size
        would be told under a wrong name.
        """
        if not self._root or mount.number is None:
            return True
        return self._device(self._path(mount)) in (None, mount.number)

    def _ask(self, mount: Mount) -> Usage | None:
        try:
            return Usage(*self._usage(self._path(mount)))
        except OSError:
            return None


def _filesystem(mount: Mount, usage: Usage | None) -> Filesystem:
    return Filesystem(mount.device, mount.mountpoint, mount.fstype, mount.read_only, usage, mount.source)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
