"""Temperatures and fans."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from traybeat.collectors.registry import Registration
from traybeat.host.machine import Machine
from traybeat.model.errors import NoDataError
from traybeat.model.metric import Collection, Sample, gauge
from traybeat.model.readings.sensors import Fan, HwmonName, SensorsReading, Temperature
from traybeat.model.series import distinct
from traybeat.model.settings import CollectorOptions, Interval
from traybeat.model.text import clean

TEMPERATURE = gauge(
    "system_temperature_celsius", "celsius", "Temperature at each sensor.", "chip", "sensor", precision=0.1
)
FAN = gauge("system_fan_rpm", "", "Revolutions per minute of each fan.", "chip", "sensor", precision=1)

_HWMON = ("chip", "sensor")
NODE_TEMPERATURE = gauge("node_hwmon_temp_celsius", "celsius", "Hardware monitor for temperature (input).", *_HWMON)
NODE_MAXIMUM = gauge("node_hwmon_temp_max_celsius", "celsius", "Hardware monitor for temperature (max).", *_HWMON)
NODE_CRITICAL = gauge("node_hwmon_temp_crit_celsius", "celsius", "Hardware monitor for temperature (crit).", *_HWMON)
NODE_FAN = gauge("node_hwmon_fan_rpm", "", "Hardware monitor for fan revolutions per minute (input).", *_HWMON)
NODE_CHIP = gauge("node_hwmon_chip_names", "", "Annotation metric for human-readable chip names.", "chip", "chip_name")
NODE_LABEL = gauge("node_hwmon_sensor_label", "", "Label for given chip and sensor.", "chip", "sensor", "label")
NODE_ZONE = gauge("node_thermal_zone_temp", "", "Zone temperature in Celsius.", "zone", "type")


class Sensors:
    """Collects what the thermometers and fans tell."""

    name = "sensors"
    metrics = (
        *(TEMPERATURE, FAN),
        *(NODE_TEMPERATURE, NODE_MAXIMUM, NODE_CRITICAL, NODE_FAN, NODE_CHIP, NODE_LABEL, NODE_ZONE),
    )

    def __init__(self, machine: Machine, options: CollectorOptions) -> None:
        self.interval = options.interval_seconds
        self._source = machine.sensors

    def collect(self) -> Collection:
        """Read every sensor that is awake."""
        reading = self._source.read()
        if not (reading.temperatures or reading.fans or reading.zones or reading.chip_names):
            raise NoDataError("this machine shows no temperatures and no fans")
        return distinct(_samples(reading))


def _samples(reading: SensorsReading) -> Iterator[Sample]:
    yield from _temperatures(reading.temperatures)
    yield from _fans(reading.fans)
    for chip, driver in reading.chip_names.items():
        yield NODE_CHIP.sample(1, clean(chip), clean(driver))
    for zone in reading.zones:
        yield NODE_ZONE.sample(zone.celsius, clean(zone.zone), clean(zone.type))


def _temperatures(temperatures: Iterable[Temperature]) -> Iterator[Sample]:
    for one in temperatures:
        yield TEMPERATURE.sample(one.celsius, clean(one.chip), clean(one.sensor))
        if one.hwmon is not None:
            names = clean(one.hwmon.chip), clean(one.hwmon.sensor)
            yield NODE_TEMPERATURE.sample(one.celsius, *names)
            if one.maximum is not None:
                yield NODE_MAXIMUM.sample(one.maximum, *names)
            if one.critical is not None:
                yield NODE_CRITICAL.sample(one.critical, *names)
            yield from _label(one.hwmon)


def _fans(fans: Iterable[Fan]) -> Iterator[Sample]:
    for one in fans:
        yield FAN.sample(one.rpm, clean(one.chip), clean(one.sensor))
        if one.hwmon is not None:
            yield NODE_FAN.sample(one.rpm, clean(one.hwmon.chip), clean(one.hwmon.sensor))
            yield from _label(one.hwmon)


def _label(name: HwmonName) -> Iterator[Sample]:
    if name.label is not None:
        yield NODE_LABEL.sample(1, clean(name.chip), clean(name.sensor), clean(name.label))


@dataclass(frozen=True, slots=True)
class Options(CollectorOptions):
    """The sensor collector's section of the settings."""

    interval_seconds: Interval = 10


REGISTRATION = Registration("sensors", Options, Sensors.metrics, Sensors)
