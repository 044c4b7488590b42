"""Temperatures and fans."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

COLDEST = -60.0
HOTTEST = 200.0


def plausible(celsius: float | None) -> float | None:
    """Give a temperature that a machine can have; None for what broken and missing sensors tell."""
    return celsius if celsius is not None and COLDEST <= celsius <= HOTTEST else None


@dataclass(frozen=True, slots=True)
class HwmonName:
    """The kernel's names for a sensor (`platform_coretemp_0`, `temp1`), and its label where the driver has one."""

    chip: str
    sensor: str
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Temperature:
    """A thermometer, in degrees Celsius.

    `chip` and `sensor` are for people (`coretemp`, `Package id 0`) and together tell it from every other. `maximum`
    and `critical` are the limits that the driver knows. `hwmon` is None where there is no hwmon.
    """

    chip: str
    sensor: str
    celsius: float
    maximum: float | None = None
    critical: float | None = None
    hwmon: HwmonName | None = None


@dataclass(frozen=True, slots=True)
class Fan:
    """A fan, in revolutions per minute; the names are as a thermometer's."""

    chip: str
    sensor: str
    rpm: float
    hwmon: HwmonName | None = None


@dataclass(frozen=True, slots=True)
class ThermalZone:
    """One of the kernel's thermal zones, in degrees Celsius."""

    zone: str
    type: str
    celsius: float


@dataclass(frozen=True, slots=True)
class SensorsReading:
    """One reading. `chip_names` gives the driver's name for each hwmon chip (`platform_coretemp_0`: `coretemp`)."""

    temperatures: tuple[Temperature, ...] = ()
    fans: tuple[Fan, ...] = ()
    zones: tuple[ThermalZone, ...] = ()
    chip_names: Mapping[str, str] = field(default_factory=dict)


class SensorsSource(Protocol):
    """Where sensor readings come from; must not wake what sleeps."""

    def read(self) -> SensorsReading:
        """Read once."""
