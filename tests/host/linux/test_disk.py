from collections.abc import Mapping
from pathlib import Path

import pytest

from fakes import FakeClock
from traybeat.host.linux.disk import LinuxDisk, parse_diskstats
from traybeat.host.linux.mounts import Mount
from traybeat.host.machine import Roots
from traybeat.host.prober import Prober
from traybeat.model.readings.disk import Usage

MOUNTS = b"""27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
28 27 254:1 / /home ro,relatime - xfs /dev/vdb ro
29 27 0:50 / /mnt/nas rw,relatime - nfs4 nas:/export rw
"""
DISKSTATS = b""" 254       0 vda 30357 7945 2286834 5703 4700 19224 1571872 3091 2 4008 9179 3307 77 75496 355 498 28
"""
SIZES = (1000.0, 400.0, 300.0, 64.0, 32.0)


class Answers(Prober[Mount]):
    """Knows what it is told, and remembers what it was asked for."""

    def __init__(self, known: Mapping[str, Usage | None]) -> None:
        super().__init__()
        self.known = known
        self.asked: list[str] = []
        self.closed = False

    def poll(self, now: float, mounts: Mapping[Mount, str]) -> Mapping[Mount, Usage | None]:
        self.asked = list(mounts.values())
        return {mount: self.known[path] for mount, path in mounts.items() if path in self.known}

    def close(self) -> None:
        self.closed = True


class Usages:
    """Stands in for statvfs."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.refused: set[str] = set()

    def __call__(self, path: str) -> tuple[float, float, float, float | None, float | None]:
        self.asked.append(path)
        if path in self.refused:
            raise PermissionError(path)
        return SIZES


@pytest.fixture
def roots(tmp_path: Path) -> Roots:
    (tmp_path / "1").mkdir()
    (tmp_path / "1/mountinfo").write_bytes(MOUNTS)
    (tmp_path / "diskstats").write_bytes(DISKSTATS)
    return Roots(proc=tmp_path, root=Path("/host"))


def test_local_file_systems_are_asked_below_the_root_that_was_handed_in(roots: Roots) -> None:
    usage = Usages()
    reading = LinuxDisk(roots, FakeClock(), Answers({}), usage).read(network_filesystems=False)
    assert usage.asked == ["/host/", "/host/home"]
    root, home = reading.filesystems
    assert (root.device, root.mountpoint, root.fstype, root.read_only) == ("/dev/vda", "/", "ext4", False)
    assert root.usage == Usage(*SIZES)
    assert home.read_only


def test_a_mount_that_does_not_show_below_the_root_is_left_out_rather_than_told_with_anothers_size(
    roots: Roots,
) -> None:
    """The numbers are 254:0 and 254:1; the path of the second leads to the first one's files."""
    devices = {"/host/": 254 << 8, "/host/home": 254 << 8}
    disk = LinuxDisk(roots, FakeClock(), Answers({}), Usages(), devices.get)
    assert [one.mountpoint for one in disk.read(network_filesystems=False).filesystems] == ["/"]
    devices["/host/home"] = 254 << 8 | 1
    assert [one.mountpoint for one in disk.read(network_filesystems=False).filesystems] == ["/", "/home"]


def test_this_machines_own_mounts_are_not_doubted(roots: Roots) -> None:
    (roots.proc / "self").mkdir()
    own = Roots(proc=roots.proc)
    reading = LinuxDisk(own, FakeClock(), Answers({}), Usages(), lambda path: 0).read(network_filesystems=False)
    assert [one.mountpoint for one in reading.filesystems] == ["/", "/home"]


def test_network_file_systems_are_neither_asked_nor_shown_unless_wanted(roots: Roots) -> None:
    prober, usage = Answers({"/host/mnt/nas": Usage(*SIZES)}), Usages()
    reading = LinuxDisk(roots, FakeClock(), prober, usage).read(network_filesystems=False)
    assert prober.asked == []
    assert [one.mountpoint for one in reading.filesystems] == ["/", "/home"]


def test_wanted_network_file_systems_are_asked_by_the_prober_alone(roots: Roots) -> None:
    prober, usage = Answers({"/host/mnt/nas": Usage(*SIZES)}), Usages()
    reading = LinuxDisk(roots, FakeClock(), prober, usage).read(network_filesystems=True)
    assert prober.asked == ["/host/mnt/nas"]
    assert usage.asked == ["/host/", "/host/home"]
    assert [one.mountpoint for one in reading.filesystems] == ["/", "/home", "/mnt/nas"]
    assert not reading.filesystems[2].stale


def test_a_network_file_system_that_did_not_answer_is_stale(roots: Roots) -> None:
    reading = LinuxDisk(roots, FakeClock(), Answers({"/host/mnt/nas": None}), Usages()).read(network_filesystems=True)
    assert [(one.mountpoint, one.stale) for one in reading.filesystems][2] == ("/mnt/nas", True)


def test_a_network_file_system_not_asked_so_far_is_not_shown(roots: Roots) -> None:
    reading = LinuxDisk(roots, FakeClock(), Answers({}), Usages()).read(network_filesystems=True)
    assert len(reading.filesystems) == 2


def test_a_local_file_system_that_refuses_is_stale(roots: Roots) -> None:
    usage = Usages()
    usage.refused = {"/host/home"}
    reading = LinuxDisk(roots, FakeClock(), Answers({}), usage).read(network_filesystems=False)
    assert [one.stale for one in reading.filesystems] == [False, True]


def test_file_systems_come_and_go(roots: Roots) -> None:
    disk = LinuxDisk(roots, FakeClock(), Answers({}), Usages())
    assert len(disk.read(network_filesystems=False).filesystems) == 2
    (roots.proc / "1/mountinfo").write_bytes(MOUNTS + b"30 27 8:1 / /media rw - vfat /dev/sda1 rw\n")
    assert len(disk.read(network_filesystems=False).filesystems) == 3
    (roots.proc / "1/mountinfo").write_bytes(MOUNTS.splitlines(keepends=True)[0])
    assert len(disk.read(network_filesystems=False).filesystems) == 1


def test_what_can_not_be_read_is_left_out(tmp_path: Path) -> None:
    reading = LinuxDisk(Roots(proc=tmp_path), FakeClock(), Answers({}), Usages()).read(network_filesystems=True)
    assert reading.filesystems == ()
    assert reading.devices == ()


def test_this_machines_own_mounts_are_read_by_default() -> None:
    reading = LinuxDisk(Roots(), FakeClock()).read(network_filesystems=False)
    assert "/" in {one.mountpoint for one in reading.filesystems} or not reading.filesystems
    assert all(one.usage is None or one.usage.size > 0 for one in reading.filesystems)


def test_closing_ends_the_prober_too(roots: Roots) -> None:
    prober = Answers({})
    LinuxDisk(roots, FakeClock(), prober).close()
    assert prober.closed


def test_counters_are_in_bytes_and_seconds() -> None:
    (device,) = parse_diskstats(DISKSTATS)
    assert device.device == "vda"
    assert (device.reads, device.reads_merged, device.read_bytes) == (30357, 7945, 2286834 * 512)
    assert (device.read_time, device.write_time) == (5703 * 0.001, 3091 * 0.001)
    assert (device.in_flight, device.busy_time, device.weighted_time) == (2, 4008 * 0.001, 9179 * 0.001)
    assert (device.discards, device.discarded_sectors, device.discard_time) == (3307, 75496, 355 * 0.001)
    assert (device.flushes, device.flush_time) == (498, 28 * 0.001)


def test_old_kernels_count_neither_discards_nor_flushes() -> None:
    old, newer = parse_diskstats(b"8 0 sda 1 2 3 4 5 6 7 8 9 10 11\n8 16 sdb 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15\n")
    assert (old.weighted_time, old.discards, old.flushes) == (11 * 0.001, None, None)
    assert (newer.discards, newer.discard_time, newer.flushes) == (12, 15 * 0.001, None)


@pytest.mark.parametrize("name", ["sda1", "vdb12", "nvme0n1p3", "loop7", "ram0", "zram0", "fd0", "mmcblk0p2", "xvda1"])
def test_partitions_and_devices_in_memory_are_left_out(name: str) -> None:
    assert list(parse_diskstats(b"8 1 " + name.encode() + b" 1 2 3 4 5 6 7 8 9 10 11")) == []


@pytest.mark.parametrize("name", ["sda", "vdb", "nvme0n1", "mmcblk0", "dm-0", "md127", "sr0", "xvda"])
def test_whole_devices_are_kept(name: str) -> None:
    (device,) = parse_diskstats(b"8 1 " + name.encode() + b" 1 2 3 4 5 6 7 8 9 10 11")
    assert device.device == name


@pytest.mark.parametrize("line", [b"", b"8 0 sda 1 2 3 4", b"8 0 sda 1 2 3 4 x 6 7 8 9 10 11"])
def test_lines_that_make_no_sense_are_left_out(line: bytes) -> None:
    assert list(parse_diskstats(line)) == []
