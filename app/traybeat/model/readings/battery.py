"""Batteries and power supplies."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

# The names after `node_power_supply_` and the labels of `node_power_supply_info`, as node_exporter has them
# (powersupplyclass.go); the kernel's file of the same name unless linux/battery.py says otherwise.
PLAIN_VALUES = (
    *("authentic", "calibrate", "capacity", "capacity_alert_max", "capacity_alert_min", "cyclecount", "online"),
    *("present", "time_to_empty_seconds", "time_to_full_seconds"),
)
MICRO_VALUES = (
    *("current_boot", "current_max", "current_ampere", "energy_empty", "energy_empty_design", "energy_full"),
    *("energy_full_design", "energy_watthour", "voltage_boot", "voltage_max", "voltage_max_design", "voltage_min"),
    *("voltage_min_design", "voltage_volt", "voltage_ocv", "charge_control_limit", "charge_control_limit_max"),
    *("charge_counter", "charge_empty", "charge_empty_design", "charge_full", "charge_full_design", "charge_ampere"),
    *("charge_term_current", "constant_charge_current", "constant_charge_current_max", "constant_charge_voltage"),
    *("constant_charge_voltage_max", "precharge_current", "input_current_limit", "power_watt"),
)
TENTH_VALUES = (
    *("temp_celsius", "temp_alert_max_celsius", "temp_alert_min_celsius", "temp_ambient_celsius"),
    *("temp_ambient_max_celsius", "temp_ambient_min_celsius", "temp_max_celsius", "temp_min_celsius"),
)
INFO_LABELS = (
    *("capacity_level", "charge_type", "health", "manufacturer", "model_name", "serial_number", "status"),
    *("technology", "type", "usb_type", "scope"),
)


@dataclass(frozen=True, slots=True)
class PowerSupply:
    """A power supply as the kernel tells it, in volts, amperes, watts, their hours, seconds and degrees Celsius.

    The keys of `values` are of PLAIN_VALUES, MICRO_VALUES and TENTH_VALUES, those of `info` of INFO_LABELS.
    """

    name: str
    values: Mapping[str, float]
    info: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BatteryReading:
    """One reading. `charge` is 0 to 1 over all batteries; `remaining` is seconds, None where not known."""

    charge: float | None = None
    discharging: bool | None = None
    remaining: float | None = None
    supplies: tuple[PowerSupply, ...] = ()


class BatterySource(Protocol):
    """Where battery readings come from."""

    def read(self) -> BatteryReading:
        """Read once."""
