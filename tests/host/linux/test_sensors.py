from pathlib import Path

import pytest

import trees
from fakes import FakeClock
from traybeat.host.linux.sensors import SCAN_SECONDS, LinuxSensors
from traybeat.host.machine import Roots
from traybeat.model.readings.sensors import Fan, HwmonName, SensorsReading, Temperature, ThermalZone


def sensors(sys: Path, clock: FakeClock | None = None) -> LinuxSensors:
    return LinuxSensors(Roots(sys=sys), clock or FakeClock())


def read(sys: Path) -> SensorsReading:
    return sensors(sys).read()


def test_a_thermometer_tells_degrees_its_limits_and_its_names(tmp_path: Path) -> None:
    files = trees.files(name="nvme", temp1_input=38850, temp1_label="Composite", temp1_max=81850, temp1_crit=84850)
    trees.hwmon(tmp_path, 0, "pci/nvme/nvme0", files)
    assert read(tmp_path).temperatures == (
        Temperature(
            "nvme",
            "Composite",
            38850 * 0.001,
            81850 * 0.001,
            84850 * 0.001,
            HwmonName("nvme_nvme0", "temp1", "Composite"),
        ),
    )


def test_a_fan_tells_its_speed_and_may_stand(tmp_path: Path) -> None:
    trees.hwmon(tmp_path, 0, None, {"name": "thinkpad", "fan1_input": 2410, "fan2_input": 0})
    assert read(tmp_path).fans == (
        Fan("thinkpad", "fan1", 2410, HwmonName("thinkpad", "fan1")),
        Fan("thinkpad", "fan2", 0, HwmonName("thinkpad", "fan2")),
    )


@pytest.mark.parametrize("value", ["-60001", "200001", "65535000", "N/A", ""])
def test_a_temperature_that_can_not_be_is_left_out(tmp_path: Path, value: str) -> None:
    trees.hwmon(tmp_path, 0, None, {"name": "x", "temp1_input": value, "temp2_input": 20000, "temp2_max": value})
    (one,) = read(tmp_path).temperatures
    assert (one.sensor, one.maximum) == ("temp2", None)


@pytest.mark.parametrize("value", ["-1", "100001", "N/A"])
def test_a_speed_that_can_not_be_is_left_out(tmp_path: Path, value: str) -> None:
    trees.hwmon(tmp_path, 0, None, {"name": "x", "fan1_input": value})
    assert read(tmp_path).fans == ()


def test_what_sleeps_is_not_read_until_it_wakes(tmp_path: Path) -> None:
    device = tmp_path / "devices/pci/0000:01:00.0"
    power = {"power/runtime_status": "suspended"}
    trees.hwmon(tmp_path, 0, "pci/0000:01:00.0", {"name": "gpu", "temp1_input": 40000, "fan1_input": 900}, power)
    source = sensors(tmp_path)
    asleep = source.read()
    assert (asleep.temperatures, asleep.fans) == ((), ())
    assert asleep.chip_names == {"pci_0000:01:00_0": "gpu"}
    trees.write(device, {"power/runtime_status": "active"})
    awake = source.read()
    assert (len(awake.temperatures), len(awake.fans)) == (1, 1)


def test_a_chip_that_is_gone_gives_less_and_a_new_one_is_found_within_a_minute(tmp_path: Path) -> None:
    clock = FakeClock()
    source = sensors(tmp_path, clock)
    trees.hwmon(tmp_path, 0, None, {"name": "old", "temp1_input": 40000})
    assert len(source.read().temperatures) == 1
    trees.hwmon(tmp_path, 1, None, {"name": "new", "temp1_input": 40000})
    (tmp_path / "class/hwmon/hwmon0").unlink()
    assert source.read().temperatures == ()
    clock.go(SCAN_SECONDS)
    assert [one.chip for one in source.read().temperatures] == ["new"]


def test_a_thermal_zone_tells_degrees(tmp_path: Path) -> None:
    trees.zone(tmp_path, 0, "x86_pkg_temp", 51000)
    assert read(tmp_path).zones == (ThermalZone("0", "x86_pkg_temp", 51.0),)


def test_a_zone_that_is_disabled_or_tells_nonsense_is_left_out(tmp_path: Path) -> None:
    trees.zone(tmp_path, 0, "iwlwifi_1", 41000, mode="disabled")
    trees.zone(tmp_path, 1, "acpitz", -274000)
    trees.zone(tmp_path, 2, "acpitz", "")
    trees.write(tmp_path / "class/thermal/cooling_device0", {"type": "Processor", "cur_state": 0})
    assert read(tmp_path).zones == ()


def test_zones_stand_in_where_hwmon_has_no_thermometer(tmp_path: Path) -> None:
    trees.hwmon(tmp_path, 0, None, {"name": "pwmfan", "fan1_input": 1000})
    trees.zone(tmp_path, 0, "cpu-thermal", 51000)
    trees.zone(tmp_path, 1, "cpu-thermal", 52000)
    assert read(tmp_path).temperatures == (
        Temperature("thermal_zone0", "cpu-thermal", 51.0),
        Temperature("thermal_zone1", "cpu-thermal", 52.0),
    )


def test_zones_do_not_stand_in_for_a_thermometer_that_sleeps(tmp_path: Path) -> None:
    trees.hwmon(
        tmp_path, 0, "pci/0000:01:00.0", {"name": "gpu", "temp1_input": 1}, {"power/runtime_status": "suspended"}
    )
    trees.zone(tmp_path, 0, "acpitz", 51000)
    assert read(tmp_path).temperatures == ()


def test_where_there_is_nothing_nothing_is_told(tmp_path: Path) -> None:
    assert read(tmp_path) == SensorsReading()


def test_names_for_people_tell_every_sensor_of_a_laptop_from_the_others(tmp_path: Path) -> None:
    trees.laptop(tmp_path)
    names = [(one.chip, one.sensor) for one in read(tmp_path).temperatures]
    assert len(set(names)) == len(names) == 13
    assert ("coretemp", "Package id 0") in names
    assert ("nvme (nvme1)", "Composite") in names
