from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from fakes import FakeClock
from traybeat.host.portable.disk import LIST_SECONDS, Partition, PortableDisk, partition, remote_drives
from traybeat.host.prober import Prober
from traybeat.model.readings.disk import Usage

SIZES = (1000.0, 400.0, 300.0, 64.0, 32.0)


def found(device: str, mountpoint: str, fstype: str, opts: str = "rw") -> SimpleNamespace:
    return SimpleNamespace(device=device, mountpoint=mountpoint, fstype=fstype, opts=opts)


MAC = (
    found("/dev/disk3s1s1", "/", "apfs", "ro,local,rootfs,dovolfs,journaled,multilabel"),
    found("devfs", "/dev", "devfs", "rw,local,dontbrowse,multilabel"),
    found("/dev/disk3s6", "/System/Volumes/VM", "apfs", "rw,noexec,local,dontbrowse"),
    found("/dev/disk3s2", "/System/Volumes/Preboot", "apfs", "rw,local,dontbrowse"),
    found("/dev/disk3s5", "/System/Volumes/Data", "apfs", "rw,local,dontbrowse,journaled"),
    found("map auto_home", "/System/Volumes/Data/home", "autofs", "rw,dontbrowse,automounted"),
    found("/dev/disk5s1", "/Volumes/Backup", "apfs", "rw,local,journaled"),
    found("/dev/disk6s2", "/Volumes/Firefox", "hfs", "ro,local,dontbrowse,quarantine"),
    found("com.apple.TimeMachine.2026-01-01@/dev/disk3s5", "/Volumes/.timemachine/x", "apfs", "ro,local"),
    found("//jo@nas/share", "/Volumes/share", "smbfs", "rw,dontbrowse"),
)
WINDOWS = (
    found("C:\\", "C:\\", "NTFS", "rw,fixed"),
    found("D:\\", "D:\\", "", "cdrom"),
    found("E:\\", "E:\\", "CDFS", "ro,cdrom"),
    found("F:\\", "F:\\", "", "removable"),
    found("G:\\", "G:\\", "exFAT", "rw,removable"),
)
NETWORK_DRIVE = Partition("Z:\\", "Z:\\", "network", read_only=False, network=True)


class Psutil:
    """What is asked of psutil."""

    Error = RuntimeError

    def __init__(self, partitions: Iterable[Any] = (), counters: Any = None, *, windows: bool = False) -> None:
        self.WINDOWS = windows
        self.partitions = partitions
        self.counters = counters
        self.calls: list[dict[str, object]] = []

    def disk_partitions(self, **options: object) -> list[Any]:
        self.calls.append(options)
        return list(self.partitions)

    def disk_io_counters(self, *, perdisk: bool, nowrap: bool) -> Any:
        assert perdisk
        assert not nowrap
        return self.counters


class Answers(Prober[Partition]):
    """Knows what it is told."""

    def __init__(self, known: Mapping[str, Usage | None] | None = None) -> None:
        super().__init__()
        self.known = known or {}
        self.asked: list[str] = []
        self.closed = False

    def poll(self, now: float, mounts: Mapping[Partition, str]) -> Mapping[Partition, Usage | None]:
        self.asked = list(mounts.values())
        return {mount: self.known[path] for mount, path in mounts.items() if path in self.known}

    def close(self) -> None:
        self.closed = True


def disk(psutil: Psutil, prober: Answers | None = None, clock: FakeClock | None = None) -> PortableDisk:
    return PortableDisk(psutil, clock or FakeClock(), prober or Answers(), lambda _: SIZES, lambda: [NETWORK_DRIVE])


def mountpoints(source: PortableDisk, *, network: bool = False) -> list[str]:
    return [one.mountpoint for one in source.read(network_filesystems=network).filesystems]


def test_of_a_mac_the_system_the_data_and_outer_disks_are_shown() -> None:
    assert mountpoints(disk(Psutil(MAC))) == ["/", "/System/Volumes/Data", "/Volumes/Backup"]


def test_of_windows_the_drives_with_a_medium_are_shown() -> None:
    assert mountpoints(disk(Psutil(WINDOWS, windows=True))) == ["C:\\", "G:\\"]


def test_a_bsds_pool_is_local() -> None:
    assert partition(found("zroot/ROOT/default", "/", "zfs")) is not None


def test_a_file_system_tells_how_full_it_is() -> None:
    (one,) = disk(Psutil([found("/dev/ada0p2", "/", "ufs", "ro")])).read(network_filesystems=False).filesystems
    assert one.usage == Usage(*SIZES)
    assert (one.device, one.fstype, one.read_only) == ("/dev/ada0p2", "ufs", True)


def test_one_that_refuses_is_stale() -> None:
    def refuse(path: str) -> tuple[float, float, float, float | None, float | None]:
        raise PermissionError(path)

    source = PortableDisk(Psutil(WINDOWS, windows=True), FakeClock(), Answers(), refuse)
    assert [one.stale for one in source.read(network_filesystems=False).filesystems] == [True, True]


def test_wanted_network_file_systems_are_asked_by_the_prober() -> None:
    psutil, prober = Psutil(MAC), Answers({"/Volumes/share": Usage(*SIZES)})
    assert mountpoints(disk(psutil, prober), network=True)[-1] == "/Volumes/share"
    assert prober.asked == ["/Volumes/share"]
    assert psutil.calls == [{"all": True}]


def test_network_file_systems_are_off_by_default() -> None:
    psutil, prober = Psutil(MAC), Answers({"/Volumes/share": Usage(*SIZES)})
    assert "/Volumes/share" not in mountpoints(disk(psutil, prober))
    assert prober.asked == []
    assert psutil.calls == [{"all": False}]


def test_windows_network_drives_are_not_listed_by_psutil_which_would_wait_for_them() -> None:
    psutil, prober = Psutil(WINDOWS, windows=True), Answers({"Z:\\": None})
    (*_, drive) = disk(psutil, prober).read(network_filesystems=True).filesystems
    assert (drive.mountpoint, drive.fstype, drive.stale) == ("Z:\\", "network", True)
    assert psutil.calls == [{"all": False}]


def test_a_drive_that_psutil_calls_remote_counts_as_network() -> None:
    one = partition(found("Y:\\", "Y:\\", "NTFS", "rw,remote"))
    assert one is not None
    assert one.network


def test_the_list_is_looked_at_every_ten_seconds() -> None:
    psutil, clock = Psutil(WINDOWS[:1], windows=True), FakeClock()
    source = disk(psutil, clock=clock)
    assert mountpoints(source) == ["C:\\"]
    psutil.partitions = WINDOWS
    assert mountpoints(source) == ["C:\\"]
    clock.go(LIST_SECONDS)
    assert mountpoints(source) == ["C:\\", "G:\\"]


def test_drives_are_asked_for_their_kind_alone() -> None:
    class Kernel:
        def GetLogicalDrives(self) -> int:  # noqa: N802
            return 0b1000000000000000000000101

        def GetDriveTypeW(self, root: str) -> int:  # noqa: N802
            return {"A:\\": 2, "C:\\": 3, "Y:\\": 4}[root]

    assert remote_drives(Kernel()) == [Partition("Y:\\", "Y:\\", "network", read_only=False, network=True)]


def counters(**more: int) -> SimpleNamespace:
    return SimpleNamespace(
        read_count=10, write_count=20, read_bytes=4096, write_bytes=8192, read_time=1500, write_time=250, **more
    )


def test_counters_are_in_bytes_and_seconds() -> None:
    (device,) = disk(Psutil(counters={"disk0": counters()})).read(network_filesystems=False).devices
    assert (device.device, device.reads, device.read_bytes, device.read_time) == ("disk0", 10, 4096, 1.5)
    assert (device.writes, device.written_bytes, device.write_time) == (20, 8192, 0.25)
    assert (device.busy_time, device.discards, device.in_flight) == (None, None, None)


def test_where_the_system_counts_it_busy_time_is_told() -> None:
    (device,) = disk(Psutil(counters={"ada0": counters(busy_time=700)})).read(network_filesystems=False).devices
    assert device.busy_time == pytest.approx(0.7)


def test_without_counters_there_are_no_devices() -> None:
    assert disk(Psutil(counters=None)).read(network_filesystems=False).devices == ()


def test_what_psutil_lacks_is_left_out() -> None:
    bare = SimpleNamespace(Error=RuntimeError)
    reading = PortableDisk(bare, FakeClock(), Answers()).read(network_filesystems=True)
    assert (reading.filesystems, reading.devices) == ((), ())


def test_closing_ends_the_prober_too() -> None:
    prober = Answers()
    disk(Psutil(), prober).close()
    assert prober.closed
