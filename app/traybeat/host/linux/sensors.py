"""Temperatures and fans from /sys/class/hwmon and /sys/class/thermal."""

from collections.abc import Iterable, Iterator

from traybeat.host.linux import hwmon, sysfs
from traybeat.host.machine import Roots
from traybeat.model.readings.sensors import Fan, HwmonName, SensorsReading, Temperature, ThermalZone, plausible
from traybeat.model.service import Clock

SCAN_SECONDS = 60.0
_FASTEST = 100_000
_ZONE = "thermal_zone"


def _celsius(path: str | None) -> float | None:
    """Read thousandths of a degree."""
    value = sysfs.number(path) if path is not None else None
    return plausible(value * 0.001) if value is not None else None


def temperatures(chip: hwmon.Chip) -> Iterator[Temperature]:
    """Read a chip's thermometers."""
    for sensor in chip.sensors:
        if sensor.kind == "temp" and (celsius := _celsius(sensor.files["input"])) is not None:
            yield Temperature(
                chip=chip.name,
                sensor=sensor.name,
                celsius=celsius,
                maximum=_celsius(sensor.files.get("max")),
                critical=_celsius(sensor.files.get("crit")),
                hwmon=HwmonName(chip.node_name, sensor.key, sensor.label),
            )


def fans(chip: hwmon.Chip) -> Iterator[Fan]:
    """Read a chip's fans."""
    for sensor in chip.sensors:
        if sensor.kind == "fan":
            rpm = sysfs.number(sensor.files["input"])
            if rpm is not None and 0 <= rpm <= _FASTEST:
                yield Fan(chip.name, sensor.name, rpm, HwmonName(chip.node_name, sensor.key, sensor.label))


def zones(root: str) -> Iterator[ThermalZone]:
    """Read the thermal zones that are in use."""
    for name in sysfs.names(root):
        folder = f"{root}/{name}"
        if not name.startswith(_ZONE) or sysfs.text(f"{folder}/mode") == "disabled":
            continue
        kind, value = sysfs.text(f"{folder}/type"), sysfs.number(f"{folder}/temp")
        # Divided as node_exporter does: multiplying by 0.001 as for hwmon gives other last digits.
        celsius = plausible(value / 1000) if value is not None else None
        if kind is not None and celsius is not None:
            yield ThermalZone(name.removeprefix(_ZONE), kind, celsius)


def stand_in(found: Iterable[ThermalZone]) -> Iterator[Temperature]:
    """Make temperatures for people of thermal zones, as boards without hwmon have nothing else."""
    for zone in found:
        yield Temperature(f"{_ZONE}{zone.zone}", zone.type, zone.celsius)


class LinuxSensors:
    """Reads what is awake; looks for new chips once a minute."""

    def __init__(self, roots: Roots, clock: Clock) -> None:
        self._hwmon = str(roots.sys / "class/hwmon")
        self._thermal = str(roots.sys / "class/thermal")
        self._clock = clock
        self._due: float | None = None
        self._chips: tuple[hwmon.Chip, ...] = ()

    def read(self) -> SensorsReading:
        """Read once."""
        chips = self._look()
        awake = [chip for chip in chips if not chip.asleep]
        found = tuple(zones(self._thermal))
        has_thermometer = any(sensor.kind == "temp" for chip in chips for sensor in chip.sensors)
        warm = (one for chip in awake for one in temperatures(chip)) if has_thermometer else stand_in(found)
        return SensorsReading(
            temperatures=tuple(warm),
            fans=tuple(one for chip in awake for one in fans(chip)),
            zones=found,
            chip_names={chip.node_name: chip.driver for chip in chips if chip.driver},
        )

    def _look(self) -> tuple[hwmon.Chip, ...]:
        now = self._clock.monotonic()
        if self._due is None or now >= self._due:
            self._due = now + SCAN_SECONDS
            self._chips = hwmon.scan(self._hwmon)
        return self._chips
