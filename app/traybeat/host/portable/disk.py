"""File systems and block devices through psutil."""

from collections.abc import Callable, Iterable, Iterator
from string import ascii_uppercase
from typing import Any, NamedTuple

from traybeat.host import fstypes, statvfs
from traybeat.host.portable.tolerate import tolerate
from traybeat.host.prober import Prober
from traybeat.model.readings.disk import BlockDevice, DiskReading, Filesystem, Usage
from traybeat.model.service import Clock

LIST_SECONDS = 10.0
# macOS mounts parts of itself here; Data is where people's files are.
_SYSTEM_VOLUMES = "/System/Volumes/"
_DATA_VOLUME = "/System/Volumes/Data"
# Read-only, these are snapshots, discs and disk images: as full as they will ever be.
_IMAGES = frozenset({"apfs", "hfs", "udf"})
_POOLS = frozenset({"zfs"})
_DRIVE_REMOTE = 4
_MILLI = 0.001


class Partition(NamedTuple):
    """A mounted file system; `network`: asking it may take for ever."""

    device: str
    mountpoint: str
    fstype: str
    read_only: bool
    network: bool


def partition(found: Any) -> Partition | None:
    """Take one of psutil's partitions; None for what holds nothing that a person could fill or empty."""
    options = found.opts.split(",")
    network = "remote" in options or fstypes.network(found.fstype)
    one = Partition(found.device, found.mountpoint, found.fstype, "ro" in options, network)
    # A drive without a medium, and a volume that is locked, have no type.
    if not found.fstype or fstypes.left_out(found.fstype) or "cdrom" in options:
        return None
    return one if network or _is_local(one) else None


def _is_local(one: Partition) -> bool:
    if one.mountpoint.startswith(_SYSTEM_VOLUMES) and one.mountpoint != _DATA_VOLUME:
        return False
    if one.read_only and one.fstype.lower() in _IMAGES and one.mountpoint != "/":
        return False
    return one.device.startswith("/dev/") or one.device[1:2] == ":" or one.fstype in _POOLS


def remote_drives(kernel: Any = None) -> list[Partition]:
    """Give Windows' network drives without touching them: psutil asks each for its name, and waits."""
    if kernel is None:
        import ctypes  # needed on Windows only

        kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 (mypy knows of none on other systems)
    present = kernel.GetLogicalDrives()
    roots = [f"{letter}:\\" for bit, letter in enumerate(ascii_uppercase) if present >> bit & 1]
    return [
        Partition(root, root, "network", read_only=False, network=True)
        for root in roots
        if kernel.GetDriveTypeW(root) == _DRIVE_REMOTE
    ]


class PortableDisk:
    """Reads psutil's disk_partitions and disk_io_counters."""

    def __init__(
        self,
        psutil: Any,
        clock: Clock,
        prober: Prober[Partition] | None = None,
        usage: Callable[[str], statvfs.Numbers] = statvfs.usage,
        drives: Callable[[], Iterable[Partition]] = remote_drives,
    ) -> None:
        self._psutil = psutil
        self._clock = clock
        self._prober: Prober[Partition] = Prober() if prober is None else prober
        self._usage = usage
        self._drives = drives
        self._due: float | None = None
        self._listed: dict[str, Partition] = {}

    def read(self, *, network_filesystems: bool) -> DiskReading:
        """Read once; of the two parts, one that psutil can't tell is empty."""
        now = self._clock.monotonic()
        if self._due is None or now >= self._due:
            self._due = now + LIST_SECONDS
            self._listed = {one.mountpoint: one for one in self._partitions(network_filesystems)}
        local = [one for one in self._listed.values() if not one.network]
        remote = {one: one.mountpoint for one in self._listed.values() if one.network and network_filesystems}
        answers = self._prober.poll(now, remote)
        filesystems = [_filesystem(one, self._ask(one)) for one in local]
        filesystems += [_filesystem(one, answers[one]) for one in remote if one in answers]
        return DiskReading(tuple(filesystems), tuple(self._devices()))

    def close(self) -> None:
        """Leave no helper behind at the end of the program."""
        self._prober.close()

    def _partitions(self, network: bool) -> Iterator[Partition]:
        windows = getattr(self._psutil, "WINDOWS", False)
        found = tolerate(self._psutil, "disk_partitions", all=network and not windows) or ()
        yield from (one for each in found if (one := partition(each)) is not None)
        if network and windows:
            yield from self._drives()

    def _ask(self, one: Partition) -> Usage | None:
        try:
            return Usage(*self._usage(one.mountpoint))
        except OSError:
            return None

    def _devices(self) -> Iterator[BlockDevice]:
        # Without nowrap: it would hide a counter that goes back, and remember every device for good.
        counters = tolerate(self._psutil, "disk_io_counters", perdisk=True, nowrap=False) or {}
        for device, found in counters.items():
            busy = getattr(found, "busy_time", None)
            yield BlockDevice(
                device=device,
                reads=found.read_count,
                read_bytes=found.read_bytes,
                read_time=found.read_time * _MILLI,
                writes=found.write_count,
                written_bytes=found.write_bytes,
                write_time=found.write_time * _MILLI,
                busy_time=busy * _MILLI if busy is not None else None,
            )


def _filesystem(one: Partition, usage: Usage | None) -> Filesystem:
    return Filesystem(one.device, one.mountpoint, one.fstype, one.read_only, usage)
