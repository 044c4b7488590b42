from types import SimpleNamespace
from typing import cast

import pytest

from traybeat.collectors import sensors
from traybeat.collectors.sensors import Options, Sensors
from traybeat.host.machine import Machine
from traybeat.model.errors import NoDataError
from traybeat.model.metric import Collection
from traybeat.model.readings.sensors import Fan, HwmonName, SensorsReading, Temperature, ThermalZone


def collect(reading: SensorsReading) -> Collection:
    machine = SimpleNamespace(sensors=SimpleNamespace(read=lambda: reading))
    return Sensors(cast("Machine", machine), Options()).collect()


def values(collection: Collection) -> dict[str, float]:
    return {" ".join((one.metric.name, *one.labels)): one.value for one in collection.samples}


def test_a_thermometer_tells_people_and_node_exporters_friends() -> None:
    name = HwmonName("nvme_nvme0", "temp1", "Composite")
    found = collect(SensorsReading(temperatures=(Temperature("nvme", "Composite", 38.85, 81.85, 84.85, name),)))
    assert values(found) == {
        "system_temperature_celsius nvme Composite": 38.9,
        "node_hwmon_temp_celsius nvme_nvme0 temp1": 38.85,
        "node_hwmon_temp_max_celsius nvme_nvme0 temp1": 81.85,
        "node_hwmon_temp_crit_celsius nvme_nvme0 temp1": 84.85,
        "node_hwmon_sensor_label nvme_nvme0 temp1 Composite": 1,
    }


def test_a_fan_tells_its_speed() -> None:
    found = collect(
        SensorsReading(fans=(Fan("thinkpad", "fan1", 2410, HwmonName("platform_thinkpad", "fan1", "Left")),))
    )
    assert values(found) == {
        "system_fan_rpm thinkpad fan1": 2410,
        "node_hwmon_fan_rpm platform_thinkpad fan1": 2410,
        "node_hwmon_sensor_label platform_thinkpad fan1 Left": 1,
    }


def test_without_hwmon_people_are_told_all_the_same() -> None:
    found = collect(SensorsReading(temperatures=(Temperature("cpu", "core", 50, 90),), fans=(Fan("x", "fan1", 900),)))
    assert values(found) == {"system_temperature_celsius cpu core": 50, "system_fan_rpm x fan1": 900}


def test_chips_and_zones_are_told_as_node_exporter_does() -> None:
    zone = ThermalZone("0", "acpitz", 47.0)
    found = collect(SensorsReading(zones=(zone,), chip_names={"platform_coretemp_0": "coretemp"}))
    assert values(found) == {
        "node_hwmon_chip_names platform_coretemp_0 coretemp": 1,
        "node_thermal_zone_temp 0 acpitz": 47,
    }


def test_names_are_cleaned_and_what_they_leave_alike_is_given_once() -> None:
    found = collect(SensorsReading(temperatures=(Temperature("x\n", "a", 1), Temperature("x\t", "a", 2))))
    assert values(found) == {"system_temperature_celsius x� a": 1}
    assert found.dropped == {"same_labels": 1}


def test_a_machine_without_sensors_has_no_data() -> None:
    with pytest.raises(NoDataError):
        collect(SensorsReading())


def test_a_machine_whose_only_chip_sleeps_has_data_still() -> None:
    assert len(collect(SensorsReading(chip_names={"pci_0": "gpu"})).samples) == 1


def test_it_is_read_every_ten_seconds_by_default() -> None:
    assert sensors.REGISTRATION.options().interval_seconds == 10
    assert sensors.REGISTRATION.build is Sensors
    assert {metric.name for metric in Sensors.metrics} >= {"system_temperature_celsius", "system_fan_rpm"}
