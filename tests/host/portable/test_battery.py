from types import SimpleNamespace

import pytest

from traybeat.host.portable.battery import PortableBattery
from traybeat.model.readings.battery import BatteryReading


def read(percent: float | None, left: float | None, *, plugged: bool | None) -> BatteryReading:
    found = SimpleNamespace(percent=percent, secsleft=left, power_plugged=plugged)
    return PortableBattery(SimpleNamespace(Error=RuntimeError, sensors_battery=lambda: found)).read()


def test_a_battery_in_use_tells_its_charge_and_how_long_it_lasts() -> None:
    assert read(80, 7200, plugged=False) == BatteryReading(0.8, discharging=True, remaining=7200.0)


def test_on_mains_no_time_is_told() -> None:
    assert read(80, 7200, plugged=True) == BatteryReading(0.8, discharging=False)


@pytest.mark.parametrize("left", [-1, -2, 4294967295, None])
def test_a_time_that_is_not_known_is_not_told(left: float | None) -> None:
    assert read(80, left, plugged=False).remaining is None


@pytest.mark.parametrize(("percent", "charge"), [(255, None), (None, None), (-1, None), (101, 1.0), (0, 0.0)])
def test_a_charge_is_between_nothing_and_full_or_not_told(percent: float | None, charge: float | None) -> None:
    assert read(percent, None, plugged=None).charge == charge


def test_not_knowing_whether_it_is_plugged_in_says_nothing_of_discharging() -> None:
    assert read(50, 7200, plugged=None) == BatteryReading(0.5)


def test_without_a_battery_nothing_is_told() -> None:
    bare = SimpleNamespace(Error=RuntimeError)
    none = SimpleNamespace(Error=RuntimeError, sensors_battery=lambda: None)
    assert PortableBattery(bare).read() == PortableBattery(none).read() == BatteryReading()
