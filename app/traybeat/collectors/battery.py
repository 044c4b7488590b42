"""Battery: how full it is, and how long it lasts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from traybeat.collectors.registry import Registration
from traybeat.host.machine import Machine
from traybeat.model.errors import NoDataError
from traybeat.model.metric import Collection, Metric, Sample, gauge
from traybeat.model.readings.battery import (
    INFO_LABELS,
    MICRO_VALUES,
    PLAIN_VALUES,
    TENTH_VALUES,
    BatteryReading,
    PowerSupply,
)
from traybeat.model.series import distinct
from traybeat.model.settings import CollectorOptions, Interval
from traybeat.model.text import clean

CHARGE = gauge("system_battery_charge_ratio", "ratio", "Charge of all batteries together.", precision=1e-4)
DISCHARGING = gauge("system_battery_discharging", "", "1 while the machine runs on its battery, else 0.", precision=1)
REMAINING = gauge(
    "system_battery_remaining_seconds", "seconds", "How long the batteries last at the present draw.", precision=1
)


def _supply(name: str) -> Metric:
    unit = next((unit for unit in ("seconds", "celsius") if name.endswith(f"_{unit}")), "")
    help_ = f"{name} value of /sys/class/power_supply/<power_supply>."
    return gauge(f"node_power_supply_{name}", unit, help_, "power_supply")


NODE_VALUES = {name: _supply(name) for name in (*PLAIN_VALUES, *MICRO_VALUES, *TENTH_VALUES)}
# node_exporter leaves labels out that are empty; to Prometheus, an empty label and none are the same.
NODE_INFO = gauge(
    "node_power_supply_info", "", "info of /sys/class/power_supply/<power_supply>.", "power_supply", *INFO_LABELS
)


class Battery:
    """Collects the charge, and everything that the power supplies tell."""

    name = "battery"
    metrics = (CHARGE, DISCHARGING, REMAINING, *NODE_VALUES.values(), NODE_INFO)

    def __init__(self, machine: Machine, options: CollectorOptions) -> None:
        self.interval = options.interval_seconds
        self._source = machine.battery

    def collect(self) -> Collection:
        """Read the batteries once."""
        reading = self._source.read()
        samples = (*_battery(reading), *_supplies(reading.supplies))
        if not samples:
            raise NoDataError("this machine has no battery")
        return distinct(samples)


def _battery(reading: BatteryReading) -> Iterator[Sample]:
    if reading.charge is not None:
        yield CHARGE.sample(reading.charge)
    if reading.discharging is not None:
        yield DISCHARGING.sample(float(reading.discharging))
    if reading.remaining is not None:
        yield REMAINING.sample(reading.remaining)


def _supplies(supplies: Iterable[PowerSupply]) -> Iterator[Sample]:
    for supply in supplies:
        name = clean(supply.name)
        for key, value in supply.values.items():
            yield NODE_VALUES[key].sample(value, name)
        yield NODE_INFO.sample(1, name, *(clean(supply.info.get(label, "")) for label in INFO_LABELS))


@dataclass(frozen=True, slots=True)
class Options(CollectorOptions):
    """The battery collector's section of the settings."""

    interval_seconds: Interval = 10


REGISTRATION = Registration("battery", Options, Battery.metrics, Battery)
