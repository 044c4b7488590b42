from pathlib import Path

import pytest

import trees
from traybeat.host.linux import hwmon


def chips(sys: Path) -> dict[str, hwmon.Chip]:
    return {chip.node_name: chip for chip in hwmon.scan(str(sys / "class/hwmon"))}


def names(sys: Path) -> list[tuple[str, str]]:
    return [(chip.name, sensor.name) for chip in chips(sys).values() for sensor in chip.sensors]


def test_a_chip_is_named_by_its_bus_and_device(tmp_path: Path) -> None:
    trees.hwmon(tmp_path, 0, "platform/coretemp.0", {"name": "coretemp", "temp1_input": 1})
    trees.hwmon(tmp_path, 1, "pci0000:00/0000:05:00.0", {"name": "amdgpu"})
    trees.hwmon(tmp_path, 2, "i2c-3/3-0018", {"name": "jc42"})
    assert list(chips(tmp_path)) == ["platform_coretemp_0", "pci0000:00_0000:05:00_0", "i2c_3_3_0018"]


def test_a_chip_without_a_device_is_named_by_its_driver(tmp_path: Path) -> None:
    trees.hwmon(tmp_path, 0, None, {"name": "acpi_TZ"})
    assert list(chips(tmp_path)) == ["acpi_tz"]


def test_a_chip_without_device_and_driver_is_named_by_its_number(tmp_path: Path) -> None:
    trees.hwmon(tmp_path, 7, None, {"temp1_input": 1})
    (chip,) = chips(tmp_path).values()
    assert (chip.node_name, chip.driver, chip.name) == ("hwmon7", "", "hwmon7")


def test_sensors_of_old_drivers_are_found_in_the_devices_folder(tmp_path: Path) -> None:
    trees.hwmon(tmp_path, 0, "platform/w83627hf.656", {"name": "w83627hf"}, {"temp1_input": 1, "fan3_input": 1})
    (chip,) = chips(tmp_path).values()
    assert [(sensor.kind, sensor.key) for sensor in chip.sensors] == [("fan", "fan3"), ("temp", "temp1")]


def test_a_sensor_without_an_input_is_none(tmp_path: Path) -> None:
    trees.hwmon(tmp_path, 0, None, {"name": "x", "temp1_label": "gone", "temp1_crit": 1, "in0_input": 5, "pwm1": 1})
    assert names(tmp_path) == []


def test_sensors_are_named_by_their_labels(tmp_path: Path) -> None:
    trees.hwmon(tmp_path, 0, None, {"name": "k10temp", "temp1_input": 1, "temp1_label": "Tctl", "temp3_input": 1})
    assert names(tmp_path) == [("k10temp", "Tctl"), ("k10temp", "temp3")]


def test_sensors_of_one_label_are_told_apart(tmp_path: Path) -> None:
    alike = trees.files(temp1_input=1, temp1_label="Core 0", temp2_input=1, temp2_label="Core 0")
    trees.hwmon(tmp_path, 0, None, alike | trees.files(name="coretemp", fan1_input=1, fan1_label="Core 0"))
    assert names(tmp_path) == [("coretemp", "Core 0"), ("coretemp", "Core 0 (temp1)"), ("coretemp", "Core 0 (temp2)")]


def test_chips_of_one_driver_are_told_apart_by_their_devices(tmp_path: Path) -> None:
    for number in (0, 1):
        trees.hwmon(tmp_path, number, f"pci/nvme/nvme{number}", {"name": "nvme", "temp1_input": 1})
    assert [chip.name for chip in chips(tmp_path).values()] == ["nvme (nvme0)", "nvme (nvme1)"]


@pytest.mark.parametrize(
    ("status", "asleep"), [("suspended", True), ("suspending", True), ("active", False), ("unsupported", False)]
)
def test_a_chip_sleeps_with_its_device(tmp_path: Path, status: str, *, asleep: bool) -> None:
    trees.hwmon(tmp_path, 0, "pci/0000:01:00.0", {"name": "nouveau"}, {"power/runtime_status": status})
    (chip,) = chips(tmp_path).values()
    assert chip.asleep is asleep


def test_a_chip_sleeps_with_the_device_behind_its_device(tmp_path: Path) -> None:
    base = trees.write(tmp_path / "devices/pci/0000:02:00.0", {"power/runtime_status": "suspended"})
    own = {"power/runtime_status": "unsupported"}
    folder = trees.hwmon(tmp_path, 0, "pci/0000:02:00.0/nvme/nvme0", {"name": "nvme"}, own)
    trees.link(folder / "device" / "device", base)
    (chip,) = chips(tmp_path).values()
    assert chip.asleep


def test_where_there_is_no_hwmon_there_are_no_chips(tmp_path: Path) -> None:
    assert hwmon.scan(str(tmp_path / "class/hwmon")) == ()
