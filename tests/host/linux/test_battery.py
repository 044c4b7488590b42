from pathlib import Path

import pytest

import trees
from fakes import FakeClock
from traybeat.host.linux.battery import SCAN_SECONDS, LinuxBattery
from traybeat.host.machine import Roots
from traybeat.model.readings.battery import BatteryReading


def read(sys: Path) -> BatteryReading:
    return LinuxBattery(Roots(sys=sys), FakeClock()).read()


def test_a_battery_tells_its_charge_and_how_long_it_lasts(tmp_path: Path) -> None:
    trees.supply(tmp_path, "BAT0", trees.battery())
    reading = read(tmp_path)
    assert reading.charge == 0.8
    assert reading.discharging is True
    assert reading.remaining == 4 * 3600


def test_two_batteries_count_by_what_they_hold(tmp_path: Path) -> None:
    trees.supply(tmp_path, "BAT0", trees.battery(energy_now=40000000, energy_full=50000000))
    trees.supply(
        tmp_path, "BAT1", trees.battery(energy_now=5000000, energy_full=10000000, status="Unknown", power_now=0)
    )
    reading = read(tmp_path)
    assert reading.charge == 0.75
    assert reading.discharging is True
    assert reading.remaining == 4.5 * 3600


def test_a_battery_that_counts_ampere_hours_tells_the_same(tmp_path: Path) -> None:
    files = trees.files(type="Battery", status="Discharging", charge_now=2000000, charge_full=4000000)
    trees.supply(tmp_path, "BAT0", files | trees.files(current_now=-500000, voltage_now=11400000))
    reading = read(tmp_path)
    assert reading.charge == 0.5
    assert reading.remaining == pytest.approx(4 * 3600)


def test_where_one_tells_only_percent_the_mean_stands_in(tmp_path: Path) -> None:
    trees.supply(tmp_path, "BAT0", trees.battery(capacity=80))
    trees.supply(tmp_path, "BAT1", trees.files(type="Battery", capacity=40, status="Discharging"))
    reading = read(tmp_path)
    assert reading.charge == pytest.approx(0.6)
    assert reading.remaining is None


@pytest.mark.parametrize("status", ["Charging", "Full", "Not charging"])
def test_on_mains_nothing_remains_to_be_told(tmp_path: Path, status: str) -> None:
    trees.supply(tmp_path, "BAT0", trees.battery(status=status))
    reading = read(tmp_path)
    assert (reading.discharging, reading.remaining) == (False, None)


def test_where_no_battery_knows_whether_it_discharges_none_says_so(tmp_path: Path) -> None:
    trees.supply(tmp_path, "BAT0", trees.battery(status="Unknown"))
    reading = read(tmp_path)
    assert (reading.discharging, reading.remaining) == (None, None)


@pytest.mark.parametrize("power", [0, 1, "N/A"])
def test_without_a_draw_that_makes_sense_no_time_is_told(tmp_path: Path, power: int | str) -> None:
    trees.supply(tmp_path, "BAT0", trees.battery(power_now=power))
    reading = read(tmp_path)
    assert reading.discharging is True
    assert reading.remaining is None


@pytest.mark.parametrize("files", [trees.battery(energy_now=50500000), {"type": "Battery", "capacity": 103}])
def test_a_charge_is_never_over_one(tmp_path: Path, files: dict[str, str | int]) -> None:
    trees.supply(tmp_path, "BAT0", files)
    assert read(tmp_path).charge == 1.0


def test_batteries_of_devices_mains_and_empty_bays_do_not_count(tmp_path: Path) -> None:
    trees.supply(tmp_path, "AC", trees.files(type="Mains", online=1))
    trees.supply(tmp_path, "BAT1", trees.battery(present=0))
    trees.supply(tmp_path, "mouse", trees.files(type="Battery", scope="Device", capacity=55, status="Discharging"))
    reading = read(tmp_path)
    assert (reading.charge, reading.discharging, reading.remaining) == (None, None, None)
    assert [one.name for one in reading.supplies] == ["AC", "BAT1", "mouse"]


def test_every_supply_tells_its_values_in_base_units_and_what_it_is(tmp_path: Path) -> None:
    trees.supply(tmp_path, "BAT0", trees.battery(temp=254, time_to_empty_now=7200))
    (supply,) = read(tmp_path).supplies
    assert supply.values["voltage_volt"] == 11.893
    assert supply.values["energy_watthour"] == 40
    assert supply.values["cyclecount"] == 233
    assert supply.values["temp_celsius"] == 25.4
    assert supply.values["time_to_empty_seconds"] == 7200
    assert "alarm" not in supply.values
    assert supply.info == {
        "capacity_level": "Normal",
        "manufacturer": "SMP",
        "model_name": "5B10W51 830",
        "serial_number": "4711",
        "status": "Discharging",
        "technology": "Li-poly",
        "type": "Battery",
    }


def test_a_mouse_is_asked_once_a_minute_and_the_battery_every_time(tmp_path: Path) -> None:
    clock = FakeClock()
    mouse = trees.supply(tmp_path, "mouse", trees.files(type="Battery", scope="Device", capacity=55))
    own = trees.supply(tmp_path, "BAT0", trees.battery())
    source = LinuxBattery(Roots(sys=tmp_path), clock)
    source.read()
    trees.write(mouse, {"capacity": 54})
    trees.write(own, {"capacity": 79})
    assert {one.name: one.values["capacity"] for one in source.read().supplies} == {"BAT0": 79, "mouse": 55}
    clock.go(SCAN_SECONDS)
    assert {one.name: one.values["capacity"] for one in source.read().supplies} == {"BAT0": 79, "mouse": 54}


def test_a_battery_that_is_taken_out_is_gone_within_a_minute(tmp_path: Path) -> None:
    clock = FakeClock()
    trees.supply(tmp_path, "BAT0", trees.battery())
    source = LinuxBattery(Roots(sys=tmp_path), clock)
    assert source.read().charge == 0.8
    (tmp_path / "class/power_supply/BAT0").unlink()
    assert source.read().charge is None
    clock.go(SCAN_SECONDS)
    assert source.read() == BatteryReading()


def test_where_there_is_no_supply_nothing_is_told(tmp_path: Path) -> None:
    assert read(tmp_path) == BatteryReading()
