"""Batteries and power supplies from /sys/class/power_supply.

The files are described in the kernel's Documentation/power/power_supply_class.rst.
"""

from collections.abc import Iterable
from typing import NamedTuple

from traybeat.host.linux import sysfs
from traybeat.host.machine import Roots
from traybeat.model.readings.battery import (
    INFO_LABELS,
    MICRO_VALUES,
    PLAIN_VALUES,
    TENTH_VALUES,
    BatteryReading,
    PowerSupply,
)
from traybeat.model.service import Clock

SCAN_SECONDS = 60.0
LONGEST_SECONDS = 7 * 86400.0
# The kernel's files whose names node_exporter changes.
_FILES = {
    "cyclecount": "cycle_count",
    "time_to_empty_seconds": "time_to_empty_now",
    "time_to_full_seconds": "time_to_full_now",
    "current_ampere": "current_now",
    "energy_watthour": "energy_now",
    "voltage_volt": "voltage_now",
    "charge_ampere": "charge_now",
    "power_watt": "power_now",
} | {name: name.removesuffix("_celsius") for name in TENTH_VALUES}
_DIVISORS = (
    dict.fromkeys(PLAIN_VALUES, 1.0) | dict.fromkeys(MICRO_VALUES, 1_000_000.0) | dict.fromkeys(TENTH_VALUES, 10.0)
)


class _Folder(NamedTuple):
    """A supply's folder, and the files in it that tell something."""

    name: str
    path: str
    files: frozenset[str]


class Battery(NamedTuple):
    """What one battery holds, in watt hours where its voltage is known, else in ampere hours; `draw` is per hour."""

    capacity: float | None
    now: float | None
    full: float | None
    draw: float | None
    discharging: bool | None


def battery(supply: PowerSupply) -> Battery | None:
    """Take a supply for a battery of this machine; None for mains, a mouse's battery, and an empty bay."""
    values, info = supply.values, supply.info
    if info.get("type") != "Battery" or info.get("scope") == "Device" or values.get("present") == 0:
        return None
    volts = values.get("voltage_volt") or values.get("voltage_min_design") or 1.0
    status = info.get("status")
    return Battery(
        capacity=values.get("capacity"),
        now=_first(values.get("energy_watthour"), _times(values.get("charge_ampere"), volts)),
        full=_first(values.get("energy_full"), _times(values.get("charge_full"), volts)),
        draw=_first(values.get("power_watt"), _times(values.get("current_ampere"), volts)),
        discharging=status == "Discharging" if status not in {None, "Unknown"} else None,
    )


def _times(value: float | None, factor: float) -> float | None:
    return value * factor if value is not None else None


def _first(one: float | None, other: float | None) -> float | None:
    return one if one is not None else other


def charge(batteries: Iterable[Battery]) -> float | None:
    """Give the charge of all batteries together, 0 to 1; their mean where not all tell what they hold."""
    held = [(one.now, one.full) for one in batteries]
    full = sum(most or 0.0 for _, most in held)
    if all(now is not None and most for now, most in held) and full > 0:
        return min(max(sum(now or 0.0 for now, _ in held) / full, 0.0), 1.0)
    known = [one.capacity / 100 for one in batteries if one.capacity is not None]
    return min(max(sum(known) / len(known), 0.0), 1.0) if known else None


def discharging(batteries: Iterable[Battery]) -> bool | None:
    """Say whether any battery discharges; None where none tells."""
    known = [one.discharging for one in batteries if one.discharging is not None]
    return any(known) if known else None


def remaining(batteries: Iterable[Battery]) -> float | None:
    """Give the seconds that all batteries last at the present draw; some drivers tell the draw as a negative."""
    held = [one.now for one in batteries]
    draw = sum(abs(one.draw or 0.0) for one in batteries if one.discharging)
    if draw <= 0 or any(now is None for now in held):
        return None
    seconds = sum(now or 0.0 for now in held) / draw * 3600
    return seconds if seconds <= LONGEST_SECONDS else None


class LinuxBattery:
    """Reads every power supply.

    Batteries of devices (mice, headsets) are read once a minute only: for some, each look is a message over the air.
    """

    def __init__(self, roots: Roots, clock: Clock) -> None:
        self._root = str(roots.sys / "class/power_supply")
        self._clock = clock
        self._due: float | None = None
        self._folders: tuple[_Folder, ...] = ()
        self._devices: dict[str, PowerSupply] = {}

    def read(self) -> BatteryReading:
        """Read once."""
        self._look()
        supplies = tuple(self._devices.get(folder.name) or _read(folder) for folder in self._folders)
        batteries = [one for supply in supplies if (one := battery(supply)) is not None]
        unplugged = discharging(batteries)
        return BatteryReading(
            charge=charge(batteries),
            discharging=unplugged,
            remaining=remaining(batteries) if unplugged else None,
            supplies=supplies,
        )

    def _look(self) -> None:
        now = self._clock.monotonic()
        if self._due is not None and now < self._due:
            return
        self._due = now + SCAN_SECONDS
        paths = {name: f"{self._root}/{name}" for name in sysfs.names(self._root)}
        self._folders = tuple(_Folder(name, path, frozenset(sysfs.names(path))) for name, path in paths.items())
        self._devices = {
            folder.name: _read(folder) for folder in self._folders if sysfs.text(f"{folder.path}/scope") == "Device"
        }


def _read(folder: _Folder) -> PowerSupply:
    values: dict[str, float] = {}
    for name, divisor in _DIVISORS.items():
        file = _FILES.get(name, name)
        if file in folder.files and (value := sysfs.number(f"{folder.path}/{file}")) is not None:
            values[name] = value / divisor
    texts = ((name, sysfs.text(f"{folder.path}/{name}")) for name in INFO_LABELS if name in folder.files)
    return PowerSupply(folder.name, values, {name: text for name, text in texts if text})
