"""Batteries and power supplies."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PowerSupply:
    """A power supply as the kernel tells it.

    The keys of `values` are the parts of node_exporter's metric names after `node_power_supply_`; `info` are the
    labels of `node_power_supply_info`.
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
