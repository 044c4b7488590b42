"""The machine, as the collectors see it."""

import platform
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from traybeat.model.readings.battery import BatterySource
from traybeat.model.readings.cpu import CpuSource
from traybeat.model.readings.disk import DiskSource
from traybeat.model.readings.memory import MemorySource
from traybeat.model.readings.network import NetworkSource
from traybeat.model.readings.process import ProcessSource
from traybeat.model.readings.sensors import SensorsSource
from traybeat.model.service import Clock


@dataclass(frozen=True, slots=True)
class Roots:
    """Where the kernel's files and the file systems are looked for; elsewhere in a container and in tests."""

    proc: Path = Path("/proc")
    sys: Path = Path("/sys")
    root: Path = Path("/")


@dataclass(frozen=True, slots=True)
class Machine:
    """Everything a collector may read from, handed in; a new collector finds here what it needs.

    `psutil` is the module itself, or a fake with the attributes that a test needs; `node` is the machine's own name.
    """

    clock: Clock
    psutil: Any
    roots: Roots
    cpu: CpuSource
    memory: MemorySource
    disk: DiskSource
    network: NetworkSource
    process: ProcessSource
    sensors: SensorsSource
    battery: BatterySource
    node: str = field(default_factory=platform.node)
