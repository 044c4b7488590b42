from types import SimpleNamespace
from typing import Any, cast

import pytest

from fakes import FakeClock
from traybeat.collectors import disk
from traybeat.collectors.disk import Disk, Options, used_ratio
from traybeat.host.machine import Machine
from traybeat.model.metric import Collection
from traybeat.model.readings.disk import BlockDevice, DiskReading, Filesystem, Usage

HALF = Usage(size=1000, free=500, available=400, files=64, files_free=32)


class Source:
    """Gives what it was told to give."""

    def __init__(self, *readings: DiskReading) -> None:
        self.readings = list(readings)
        self.network: list[bool] = []

    def read(self, *, network_filesystems: bool) -> DiskReading:
        self.network.append(network_filesystems)
        return self.readings.pop(0)


def collector(source: Source, clock: FakeClock | None = None, options: Options | None = None) -> Disk:
    machine = SimpleNamespace(disk=source, clock=clock or FakeClock())
    return Disk(cast("Machine", machine), options or Options())


def values(collection: Collection, *prefixes: str) -> dict[str, float]:
    """Give the values by name and labels, of the metrics whose names begin so."""
    return {
        " ".join((sample.metric.name, *sample.labels)): sample.value
        for sample in collection.samples
        if sample.metric.name.startswith(prefixes)
    }


def files(*filesystems: Filesystem) -> Collection:
    return collector(Source(DiskReading(filesystems))).collect()


def traffic(seconds: float, *readings: tuple[BlockDevice, ...]) -> dict[str, float]:
    """Collect one reading after another and give the rates of the last."""
    clock = FakeClock()
    one = collector(Source(*(DiskReading(devices=devices) for devices in readings)), clock)
    for _ in readings:
        clock.go(seconds)
        collection = one.collect()
    return values(collection, "system_disk_")


def test_a_file_system_tells_people_what_is_used_and_what_they_may_fill() -> None:
    found = files(Filesystem("/dev/sda1", "/", "ext4", usage=HALF))
    assert values(found, "system_") == {
        "system_filesystem_size_bytes / /dev/sda1 ext4": 1000,
        "system_filesystem_used_bytes / /dev/sda1 ext4": 500,
        "system_filesystem_free_bytes / /dev/sda1 ext4": 400,
        "system_filesystem_used_ratio / /dev/sda1 ext4": 0.5556,
    }


def test_a_file_system_tells_what_node_exporter_does() -> None:
    found = files(Filesystem("//nas/My Files", "/mnt", "cifs", True, HALF, r"//nas/My\040Files"))  # noqa: FBT003
    labels = r"//nas/My\040Files cifs /mnt"
    assert values(found, "node_") == {
        f"node_filesystem_device_error {labels}": 0,
        f"node_filesystem_readonly {labels}": 1,
        f"node_filesystem_size_bytes {labels}": 1000,
        f"node_filesystem_free_bytes {labels}": 500,
        f"node_filesystem_avail_bytes {labels}": 400,
        f"node_filesystem_files {labels}": 64,
        f"node_filesystem_files_free {labels}": 32,
    }


def test_where_files_are_not_counted_they_are_left_out() -> None:
    found = files(Filesystem("C:\\", "C:\\", "NTFS", usage=Usage(1000, 500, 500)))
    assert not values(found, "node_filesystem_files")


def test_a_stale_file_system_says_so_and_nothing_else() -> None:
    found = files(Filesystem("nas:/", "/mnt", "nfs4", usage=None))
    assert values(found, "") == {"node_filesystem_device_error nas:/ nfs4 /mnt": 1}


@pytest.mark.parametrize(
    ("usage", "ratio"),
    [
        (Usage(1000, 1000, 900), 0.0),
        (Usage(1000, 50, 0), 1.0),
        (Usage(1000, 500, 500), 0.5),
        (Usage(0, 0, 0), None),
        (Usage(1000, 1001, 900), 0.0),
    ],
)
def test_the_used_share_is_dfs(usage: Usage, ratio: float | None) -> None:
    assert used_ratio(usage) == ratio


def test_a_file_system_without_blocks_has_no_used_share() -> None:
    found = files(Filesystem("none", "/mnt", "weird", usage=Usage(0, 0, 0)))
    assert not values(found, "system_filesystem_used_ratio")


def test_names_are_cleaned_and_what_they_leave_alike_is_given_once_and_counted() -> None:
    found = files(*(Filesystem("/dev/sda1", f"/mnt/{odd}", "ext4", usage=HALF) for odd in ("\x01", "\x02")))
    assert "system_filesystem_size_bytes /mnt/� /dev/sda1 ext4" in values(found, "")
    assert len(values(found, "")) == len(found.samples) == 11
    assert found.dropped == {"same_labels": 11}


def test_network_file_systems_are_asked_for_only_where_the_settings_say_so() -> None:
    source = Source(DiskReading(), DiskReading())
    collector(source).collect()
    collector(source, options=Options(network_filesystems=True)).collect()
    assert source.network == [False, True]


def test_a_device_tells_every_counter_that_it_has() -> None:
    found = collector(Source(DiskReading(devices=(BlockDevice("sda", reads=5, in_flight=1, discards=0),)))).collect()
    assert values(found, "") == {
        "node_disk_reads_completed_total sda": 5,
        "node_disk_io_now sda": 1,
        "node_disk_discards_completed_total sda": 0,
    }


def test_rates_come_from_two_readings() -> None:
    first = BlockDevice("sda", reads=10, read_bytes=1000, writes=20, written_bytes=2000, busy_time=1.0)
    second = BlockDevice("sda", reads=20, read_bytes=5000, writes=25, written_bytes=2000, busy_time=2.5)
    assert traffic(2, (first,)) == {}
    assert traffic(2, (first,), (second,)) == {
        "system_disk_reads_per_second sda": 5,
        "system_disk_read_bytes_per_second sda": 2000,
        "system_disk_writes_per_second sda": 2.5,
        "system_disk_written_bytes_per_second sda": 0,
        "system_disk_busy_ratio sda": 0.75,
    }


def test_a_device_is_never_busier_than_all_the_time() -> None:
    assert traffic(1, (BlockDevice("sda", busy_time=1.0),), (BlockDevice("sda", busy_time=2.02),)) == {
        "system_disk_busy_ratio sda": 1.0
    }


def test_a_counter_that_goes_back_gives_no_rate() -> None:
    before, after = BlockDevice("sda", reads=2**32 - 1, writes=1), BlockDevice("sda", reads=3, writes=1)
    assert traffic(1, (before,), (after,)) == {"system_disk_writes_per_second sda": 0}


def test_devices_come_and_go() -> None:
    old, new = BlockDevice("sda", reads=1), BlockDevice("sdb", reads=1)
    assert traffic(1, (old,), (new,)) == {}
    assert traffic(1, (old,), (new,), (old, new)) == {"system_disk_reads_per_second sdb": 0}


def test_every_metric_is_declared() -> None:
    names = {metric.name for metric in Disk.metrics}
    everything: dict[str, Any] = dict.fromkeys(BlockDevice.__dataclass_fields__, 1.0) | {"device": "sda"}
    device = BlockDevice(**everything)
    reading = DiskReading((Filesystem("/dev/sda1", "/", "ext4", usage=HALF),), (device,))
    clock = FakeClock()
    one = collector(Source(reading, reading), clock)
    one.collect()
    clock.go(2)
    assert {sample.metric.name for sample in one.collect().samples} == names


def test_the_registration_builds_it() -> None:
    assert disk.REGISTRATION.build is Disk
    assert disk.REGISTRATION.options().interval_seconds == 2
