"""What this very system is read, started and shown by: the only place that picks between systems."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from traybeat.channels.desktop import session_bus
from traybeat.collectors.registry import Registration, discover
from traybeat.host.machine import Machine, Roots
from traybeat.host.session import graphical
from traybeat.model.service import Clock

if TYPE_CHECKING:
    from traybeat.host.autostart import Autostart
    from traybeat.tray.show import Backend


if sys.platform == "linux":

    def machine(clock: Clock) -> Machine:
        """Build the view of this machine: Linux's own files."""
        from traybeat.host.linux.battery import LinuxBattery
        from traybeat.host.linux.cpu import LinuxCpu
        from traybeat.host.linux.disk import LinuxDisk
        from traybeat.host.linux.memory import LinuxMemory
        from traybeat.host.linux.network import LinuxNetwork
        from traybeat.host.linux.process import LinuxProcess, Units
        from traybeat.host.linux.sensors import LinuxSensors

        roots, ticks = Roots(), os.sysconf("SC_CLK_TCK")
        return Machine(
            clock=clock,
            psutil=psutil,
            roots=roots,
            cpu=LinuxCpu(roots, psutil, clock, ticks),
            memory=LinuxMemory(roots),
            disk=LinuxDisk(roots, clock),
            network=LinuxNetwork(roots, clock),
            process=LinuxProcess(roots, clock, Units(ticks, os.sysconf("SC_PAGE_SIZE"))),
            sensors=LinuxSensors(roots, clock),
            battery=LinuxBattery(roots, clock),
        )

    def allocator() -> Callable[[], None]:
        """Keep the allocator frugal, and give what hands free memory back to the system."""
        from traybeat.host.linux.malloc import restrain

        return restrain()

else:

    def machine(clock: Clock) -> Machine:
        """Build the view of this machine: what psutil tells."""
        from traybeat.host.portable.battery import PortableBattery
        from traybeat.host.portable.cpu import PortableCpu
        from traybeat.host.portable.disk import PortableDisk
        from traybeat.host.portable.memory import PortableMemory
        from traybeat.host.portable.network import PortableNetwork
        from traybeat.host.portable.process import PortableProcess
        from traybeat.host.portable.sensors import PortableSensors

        return Machine(
            clock=clock,
            psutil=psutil,
            roots=Roots(),
            cpu=PortableCpu(psutil, clock),
            memory=PortableMemory(psutil),
            disk=PortableDisk(psutil, clock),
            network=PortableNetwork(psutil, clock),
            process=PortableProcess(psutil),
            sensors=PortableSensors(psutil),
            battery=PortableBattery(psutil),
        )

    def allocator() -> Callable[[], None]:
        """Give what hands free memory back to the system: nothing, here."""
        return lambda: None


if sys.platform == "linux":

    def login(directories: Sequence[str] = ()) -> "Autostart":
        """Give the system's way to start at login; `directories` are options that name other ones."""
        from traybeat.host.autostart import command
        from traybeat.host.linux.autostart import XdgAutostart, folder

        return XdgAutostart(folder(os.environ, Path.home()), command(directories))

elif sys.platform == "darwin":

    def login(directories: Sequence[str] = ()) -> "Autostart":
        """Give the system's way to start at login; `directories` are options that name other ones."""
        from traybeat.host.autostart import command
        from traybeat.host.macos.autostart import LaunchAgent

        return LaunchAgent(Path.home(), command(directories))

else:

    def login(directories: Sequence[str] = ()) -> "Autostart":
        """Give the system's way to start at login; `directories` are options that name other ones."""
        import winreg

        from traybeat.host.autostart import command
        from traybeat.host.windows.autostart import RunKey

        return RunKey(winreg, command(directories))


def backend() -> "Backend | None":
    """Give the system's way to show an icon; None where there is no screen."""
    if not graphical(os.environ):
        return None
    if sys.platform == "linux":
        from traybeat.tray.linux.statusnotifier import StatusNotifier

        address = session_bus(os.environ)
        return None if address is None else StatusNotifier(address)
    else:  # noqa: RET505 (each system's own imports)
        import pystray

        from traybeat.tray.native import Native

        return Native(pystray, template=sys.platform == "darwin")


def collectors(clock: Clock) -> Mapping[str, tuple[Registration, Machine]]:
    """Find the collectors, each with the machine that it reads."""
    seen = machine(clock)
    return {one.name: (one, seen) for one in discover()}
