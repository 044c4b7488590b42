from types import SimpleNamespace
from typing import Any

from traybeat.host.portable.sensors import PortableSensors
from traybeat.model.readings.sensors import Fan, SensorsReading, Temperature


def heat(label: str, current: float, high: float | None = None, critical: float | None = None) -> SimpleNamespace:
    return SimpleNamespace(label=label, current=current, high=high, critical=critical)


def psutil(temperatures: Any = None, fans: Any = None) -> SimpleNamespace:
    return SimpleNamespace(Error=RuntimeError, sensors_temperatures=lambda: temperatures, sensors_fans=lambda: fans)


def test_thermometers_are_named_by_chip_and_label() -> None:
    reading = PortableSensors(psutil({"coretemp": [heat("Package", 50.0, 90.0, 100.0), heat("", 49.0)]})).read()
    assert reading.temperatures == (
        Temperature("coretemp", "Package", 50.0, 90.0, 100.0),
        Temperature("coretemp", "temp2", 49.0),
    )


def test_sensors_of_one_label_are_told_apart() -> None:
    reading = PortableSensors(psutil({"x": [heat("CPU", 50.0), heat("CPU", 51.0)]})).read()
    assert [one.sensor for one in reading.temperatures] == ["CPU (temp1)", "CPU (temp2)"]


def test_a_temperature_that_can_not_be_is_left_out() -> None:
    reading = PortableSensors(psutil({"x": [heat("a", -273.0), heat("b", 20.0, 65261.0)]})).read()
    assert reading.temperatures == (Temperature("x", "b", 20.0),)


def test_fans_tell_their_speed() -> None:
    reading = PortableSensors(psutil(fans={"thinkpad": [SimpleNamespace(label="", current=2100)]})).read()
    assert reading.fans == (Fan("thinkpad", "fan1", 2100),)


def test_a_psutil_without_sensors_tells_nothing() -> None:
    assert PortableSensors(SimpleNamespace(Error=RuntimeError)).read() == SensorsReading()
