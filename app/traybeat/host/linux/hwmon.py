"""Which sensors there are: the folders of /sys/class/hwmon (the kernel's Documentation/hwmon/sysfs-interface.rst)."""

import os
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from traybeat.host.linux import sysfs

_FILE = re.compile(r"(?P<key>(?P<kind>temp|fan)\d+)_(?P<part>input|label|max|crit)")
_NOT_IN_NAMES = re.compile(r"[^a-z0-9:_]")
# A class device such as nvme0 has no power state of its own: the bus device behind it has.
_POWER = ("device/power/runtime_status", "device/device/power/runtime_status")


@dataclass(frozen=True, slots=True)
class Sensor:
    """A thermometer (`kind` temp) or a fan, its files by their part of the name, and its `name` for people."""

    key: str
    kind: str
    files: dict[str, str]
    label: str | None
    name: str


@dataclass(frozen=True, slots=True)
class Chip:
    """A chip: its name in node_exporter, the driver's, and one for people; `power` are its devices' power states."""

    node_name: str
    driver: str
    name: str
    device: str
    power: tuple[str, ...]
    sensors: tuple[Sensor, ...]

    @property
    def asleep(self) -> bool:
        """Whether a device is suspended now: reading a sensor would wake it."""
        return any(sysfs.text(path) in {"suspended", "suspending"} for path in self.power)


def node_text(text: str) -> str:
    """Give text in the form that node_exporter's names for chips have: hwmon_linux.go."""
    return _NOT_IN_NAMES.sub("_", text.lower()).strip("_")


def scan(root: str) -> tuple[Chip, ...]:
    """Find every chip below `root`, a class/hwmon folder; names for people are made distinct."""
    chips = [_chip(f"{root}/{name}") for name in sysfs.names(root)]
    often = Counter(chip.name for chip in chips)
    return tuple(replace(chip, name=f"{chip.name} ({chip.device})") if often[chip.name] > 1 else chip for chip in chips)


def _chip(folder: str) -> Chip:
    driver = sysfs.text(f"{folder}/name") or ""
    node_name, device = _names(folder, driver)
    return Chip(
        node_name=node_name,
        driver=node_text(driver),
        name=driver or node_name,
        device=device,
        power=tuple(path for part in _POWER if _has_power_states(path := f"{folder}/{part}")),
        sensors=_distinct(_sensors(folder)),
    )


def _names(folder: str, driver: str) -> tuple[str, str]:
    """Give the chip's name in node_exporter and its device's: bus and device, else the driver's name, else hwmonN."""
    device = os.path.realpath(f"{folder}/device")
    if not os.path.exists(device):  # noqa: PTH110 (paths stay text here: a Path for each file would cost more)
        number = os.path.basename(os.path.realpath(folder))  # noqa: PTH119
        return node_text(driver) or node_text(number), number
    bus, own = device.split("/")[-2:]
    return "_".join(part for part in (node_text(bus), node_text(own)) if part), own


def _has_power_states(path: str) -> bool:
    return sysfs.text(path) not in {None, "unsupported"}


def _sensors(folder: str) -> list[Sensor]:
    """Find the sensors' files; old drivers have them in the device's folder."""
    files: dict[tuple[str, str], dict[str, str]] = {}
    for place in (folder, f"{folder}/device"):
        for name in sysfs.names(place):
            if match := _FILE.fullmatch(name):
                files.setdefault((match["kind"], match["key"]), {})[match["part"]] = f"{place}/{name}"
    found = []
    for (kind, key), parts in files.items():
        if "input" in parts:
            label = sysfs.text(parts["label"]) if "label" in parts else None
            found.append(Sensor(key, kind, parts, label, label or key))
    return found


def _distinct(sensors: Iterable[Sensor]) -> tuple[Sensor, ...]:
    sensors = list(sensors)
    often = Counter((sensor.kind, sensor.name) for sensor in sensors)
    return tuple(
        replace(one, name=f"{one.name} ({one.key})") if often[one.kind, one.name] > 1 else one for one in sensors
    )
