"""Temperatures and fans."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Temperature:
    """A thermometer, in degrees Celsius.

    `chip` and `sensor` are for people (`coretemp`, `Package id 0`). `hwmon_chip` and `hwmon_sensor` are the kernel's
    (`platform_coretemp_0`, `temp1`), None where there is no hwmon.
    """

    chip: str
    sensor: str
    celsius: float
    hwmon_chip: str | None = None
    hwmon_sensor: str | None = None


@dataclass(frozen=True, slots=True)
class Fan:
    """A fan, in revolutions per minute; the names are as a thermometer's."""

    chip: str
    sensor: str
    rpm: float
    hwmon_chip: str | None = None
    hwmon_sensor: str | None = None


@dataclass(frozen=True, slots=True)
class ThermalZone:
    """One of the kernel's thermal zones, in degrees Celsius."""

    zone: str
    type: str
    celsius: float


@dataclass(frozen=True, slots=True)
class SensorsReading:
    """One reading."""

    temperatures: tuple[Temperature, ...] = ()
    fans: tuple[Fan, ...] = ()
    zones: tuple[ThermalZone, ...] = ()


class SensorsSource(Protocol):
    """Where sensor readings come from; must not wake what sleeps."""

    def read(self) -> SensorsReading:
        """Read once."""
