from types import SimpleNamespace
from typing import cast

import pytest

from traybeat.collectors import battery
from traybeat.collectors.battery import Battery, Options
from traybeat.host.machine import Machine
from traybeat.model.errors import NoDataError
from traybeat.model.metric import Collection
from traybeat.model.readings.battery import BatteryReading, PowerSupply


def collect(reading: BatteryReading) -> Collection:
    machine = SimpleNamespace(battery=SimpleNamespace(read=lambda: reading))
    return Battery(cast("Machine", machine), Options()).collect()


def values(collection: Collection) -> dict[str, float]:
    return {" ".join((one.metric.name, *filter(None, one.labels))): one.value for one in collection.samples}


def test_a_battery_tells_its_charge_and_how_long_it_lasts() -> None:
    assert values(collect(BatteryReading(0.81237, discharging=True, remaining=7200.4))) == {
        "system_battery_charge_ratio": 0.8124,
        "system_battery_discharging": 1,
        "system_battery_remaining_seconds": 7200,
    }


def test_what_is_not_known_is_not_told() -> None:
    assert values(collect(BatteryReading(charge=0.5))) == {"system_battery_charge_ratio": 0.5}
    assert values(collect(BatteryReading(discharging=False))) == {"system_battery_discharging": 0}


def test_supplies_are_told_as_node_exporter_does() -> None:
    supply = PowerSupply("BAT0", {"capacity": 80, "energy_watthour": 40.5}, {"type": "Battery", "model_name": "5B\n10"})
    found = collect(BatteryReading(supplies=(supply,)))
    assert values(found) == {
        "node_power_supply_capacity BAT0": 80,
        "node_power_supply_energy_watthour BAT0": 40.5,
        "node_power_supply_info BAT0 5B�10 Battery": 1,
    }
    (info,) = (one for one in found.samples if one.metric.name.endswith("_info"))
    labels = dict(zip(info.metric.labels, info.labels, strict=True))
    assert labels["model_name"] == "5B�10"
    assert labels["type"] == "Battery"


def test_names_that_are_alike_once_cleaned_are_given_once() -> None:
    found = collect(BatteryReading(supplies=(PowerSupply("a\n", {}, {}), PowerSupply("a\t", {}, {}))))
    assert len(found.samples) == 1
    assert found.dropped == {"same_labels": 1}


def test_a_machine_without_a_battery_has_no_data() -> None:
    with pytest.raises(NoDataError):
        collect(BatteryReading())


def test_it_is_read_every_ten_seconds_by_default() -> None:
    assert battery.REGISTRATION.options().interval_seconds == 10
    assert battery.REGISTRATION.build is Battery
