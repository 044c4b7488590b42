"""Names, labels and values beside node_exporter's, on hardware that the machine at hand does not have."""

import re
import shutil
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

import trees
from fakes import FakeClock
from servers import needs, node_exporter
from traybeat.collectors import battery, disk, sensors
from traybeat.engine.latest import Latest
from traybeat.exporter.exposition import Exposition, Form
from traybeat.host.linux.battery import LinuxBattery
from traybeat.host.linux.disk import LinuxDisk
from traybeat.host.linux.sensors import LinuxSensors
from traybeat.host.machine import Roots
from traybeat.model.metric import Batch

pytestmark = needs("prometheus-node-exporter")

DISKSTATS = """\
   7       0 loop0 55 0 2100 12 0 0 0 0 0 32 12 0 0 0 0 0 0
   8       0 sda 1579 0 104714 1234567 9 8 72 3 1 7654321 9999999999 2 1 4096 7
   8       1 sda1 500 0 4000 100 0 0 0 0 0 90 100 0 0 0 0
 259       0 nvme0n1 30357 7945 2286834 5703 4700 19224 1571872 3091 0 4008 9179 3307 77 75496 355 498 28
 259       1 nvme0n1p1 400 0 4000 100 0 0 0 0 0 90 100 0 0 0 0 0 0
 253       0 dm-0 30000 0 2286834 5703 23924 0 1571872 3091 0 4008 8794 0 0 0 0 0 0
  11       0 sr0 0 0 0 0 0 0 0 0 0 0 0
 179       0 mmcblk0 12 34 56 78 9 10 11 12 0 13 14
"""
# Mount point, device, type, own options; a backslash is the kernel's.
MOUNTS = (
    ("/", "/dev/mapper/vg-root", "ext4", "rw,relatime"),
    ("/proc", "proc", "proc", "rw,nosuid"),
    ("/home", "/dev/nvme0n1p3", "btrfs", "rw,relatime"),
    (r"/media/USB\040stick", r"/dev/disk/by-label/A\040b", "fuseblk", "ro,nosuid"),
    ("/snap/core20/1974", "/dev/loop1", "squashfs", "ro,nodev"),
    ("/gone", "/dev/sdz1", "xfs", "rw,relatime"),
    ("/mnt/nas", "nas:/export", "nfs4", "rw,relatime"),
)
# Debian leaves /run, /mnt and /media out too; this is node_exporter's own default.
EXCLUDE = "^/(dev|proc|run/credentials/.+|sys|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)"
OPTIONS = (
    "--collector.disable-defaults",
    *(f"--collector.{name}" for name in ("diskstats", "filesystem", "hwmon", "powersupplyclass", "thermal_zone")),
    f"--collector.filesystem.mount-points-exclude={EXCLUDE}",
)

Series = tuple[str, frozenset[tuple[str, str]]]


@pytest.fixture
def roots(tmp_path: Path) -> Roots:
    trees.laptop(tmp_path / "sys")
    own = trees.write(tmp_path / "proc", {"diskstats": DISKSTATS.rstrip("\n")})
    mounts = "\n".join(f"{device} {point} {kind} {own} 0 0" for point, device, kind, own in MOUNTS)
    # All that is mounted there lies on the one file system of the test's directory.
    there = tmp_path.stat().st_dev
    numbers = f"{there >> 8 & 0xFFF}:{there & 0xFF | there >> 12 & ~0xFF}"
    lines = (
        f"{20 + number} 1 {numbers} / {point} {own} shared:{number} - {kind} {device} {own.partition(',')[0]}"
        for number, (point, device, kind, own) in enumerate(MOUNTS)
    )
    trees.write(own, {"1/mounts": mounts, "1/mountinfo": "\n".join(lines)})
    for point, *_ in MOUNTS:
        if point != "/gone":
            (tmp_path / "root" / point.replace(r"\040", " ").lstrip("/")).mkdir(parents=True, exist_ok=True)
    return Roots(proc=own, sys=tmp_path / "sys", root=tmp_path / "root")


def ours(roots: Roots) -> str:
    """Give the text that a scraper would get."""
    clock = FakeClock()
    machine: Any = SimpleNamespace(
        clock=clock,
        disk=LinuxDisk(roots, clock),
        sensors=LinuxSensors(roots, clock),
        battery=LinuxBattery(roots, clock),
    )
    latest = Latest()
    exposition = Exposition(latest, clock)
    for module in (disk, sensors, battery):
        collector = module.REGISTRATION.build(machine, module.REGISTRATION.options())
        latest.accept(Batch(collector.name, 0.0, collector.collect().samples, 0.0))
    return exposition.body(Form.TEXT).decode()


def theirs(roots: Roots, directory: Path, port: int) -> str:
    paths = (f"--path.procfs={roots.proc}", f"--path.sysfs={roots.sys}", f"--path.rootfs={roots.root}")
    with node_exporter(port, directory, *paths, *OPTIONS) as url, urllib.request.urlopen(url, timeout=10) as answer:
        text: str = answer.read().decode()
        return text


def series(text: str, prefix: str) -> dict[Series, float]:
    """Read the values of a family; an empty label and a missing one are the same to Prometheus."""
    return {
        (sample.name, frozenset((name, value) for name, value in sample.labels.items() if value)): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name.startswith(prefix)
    }


@pytest.fixture
def both(roots: Roots, tmp_path: Path, new_port: Callable[[], int]) -> tuple[str, str]:
    return ours(roots), theirs(roots, tmp_path, new_port())


def test_every_series_is_one_of_node_exporters_with_its_value(both: tuple[str, str]) -> None:
    own = {key: value for key, value in series(both[0], "node_").items() if key[0] != "node_time_seconds"}
    other = series(both[1], "node_")
    moving = {"node_filesystem_free_bytes", "node_filesystem_avail_bytes", "node_filesystem_files_free"}
    assert {key: value for key, value in own.items() if key not in other} == {}
    apart = {key: (value, other[key]) for key, value in own.items() if value != other[key] and key[0] not in moving}
    assert apart == {}


@pytest.mark.parametrize(
    ("family", "at_least"),
    [
        ("node_hwmon_temp_celsius", 13),
        ("node_hwmon_fan_rpm", 2),
        ("node_hwmon_chip_names", 7),
        ("node_hwmon_sensor_label", 10),
        ("node_thermal_zone_temp", 2),
        ("node_power_supply_", 30),
        ("node_disk_", 70),
        ("node_filesystem_", 22),
    ],
)
def test_each_family_is_there(roots: Roots, family: str, at_least: int) -> None:
    assert len(series(ours(roots), family)) >= at_least


@pytest.mark.parametrize("family", ["node_power_supply_", "node_hwmon_fan_rpm", "node_hwmon_temp_max_celsius"])
def test_these_families_are_given_whole(both: tuple[str, str], family: str) -> None:
    assert set(series(both[0], family)) == set(series(both[1], family))


def test_of_whole_disks_every_counter_is_given(both: tuple[str, str]) -> None:
    own, other = series(both[0], "node_disk_"), series(both[1], "node_disk_")
    assert {key for key in other if key not in own and key[0] != "node_disk_info"} == set()


def headers(text: str) -> Iterator[tuple[str, str]]:
    for kind, name, rest in re.findall(r"^# (HELP|TYPE) (node_\S+) (.*)$", text, re.MULTILINE):
        if name != "node_time_seconds":
            yield f"{kind} {name}", rest.rstrip(".")  # ours are sentences, node_exporter's mostly


def test_types_and_help_agree(both: tuple[str, str]) -> None:
    other = dict(headers(both[1]))
    apart = {key: (rest, other.get(key)) for key, rest in headers(both[0]) if rest != other.get(key)}
    assert apart == {}


@needs("promtool")
def test_promtool_finds_no_fault(roots: Roots) -> None:
    checked = subprocess.run(
        ["promtool", "check", "metrics"], input=ours(roots), text=True, capture_output=True, check=False, timeout=30
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


def test_the_laptop_is_told_in_peoples_words(roots: Roots) -> None:
    found = {
        (name, *sorted(dict(labels).values())): value
        for (name, labels), value in series(ours(roots), "system_").items()
    }
    assert found["system_battery_charge_ratio",] == 0.75
    assert found["system_battery_remaining_seconds",] == 4.5 * 3600
    assert found["system_temperature_celsius", "Package id 0", "coretemp"] == 51
    assert found["system_fan_rpm", "fan1", "thinkpad"] == 2410
    size = shutil.disk_usage(roots.root).total
    assert found["system_filesystem_size_bytes", "/dev/disk/by-label/A b", "/media/USB stick", "fuseblk"] == size
