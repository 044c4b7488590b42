"""What this very system is read, started and shown by: the only place that picks between systems."""

import logging
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from traybeat.channels.desktop import SessionBus, session_bus
from traybeat.collectors.registry import Registration, discover
from traybeat.engine.monitor import OwnUsage, Usage
from traybeat.host.logs import fields
from traybeat.host.machine import Machine, Roots
from traybeat.host.roots import locate, node
from traybeat.host.session import graphical
from traybeat.model.service import Clock

if TYPE_CHECKING:
    from traybeat.channels.registry import Notifications
    from traybeat.host.autostart import Autostart
    from traybeat.model.readings.process import ProcessSource
    from traybeat.model.service import Service
    from traybeat.tray.show import Backend

log = logging.getLogger("traybeat.system")

if sys.platform == "win32":

    def processes() -> "ProcessSource":
        """Give where processes are read from: psutil would open every one of them."""
        from traybeat.host.windows.native import Accounts, ProcessList
        from traybeat.host.windows.process import WindowsProcess

        return WindowsProcess(ProcessList(), Accounts(), os.cpu_count() or 1)

else:

    def processes() -> "ProcessSource":
        """Give where processes are read from, but on Linux."""
        from traybeat.host.portable.process import PortableProcess

        return PortableProcess(psutil)


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

        roots, ticks = locate(os.environ), os.sysconf("SC_CLK_TCK")
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
            node=node(os.environ),
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
        from traybeat.host.portable.sensors import PortableSensors

        return Machine(
            clock=clock,
            psutil=psutil,
            roots=Roots(),
            cpu=PortableCpu(psutil, clock),
            memory=PortableMemory(psutil),
            disk=PortableDisk(psutil, clock),
            network=PortableNetwork(psutil, clock),
            process=processes(),
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


if sys.platform == "linux":

    def notifications(environ: Mapping[str, str], *, headless: bool) -> "Notifications | None":  # noqa: ARG001 (it needs no icon)
        """Give the desktop's way to show notifications; None where there is none."""
        address = session_bus(environ)
        return SessionBus(address) if address else None

    def announcer(told: Callable[[bool], None], ended: Callable[[], None], *, headless: bool) -> "Service | None":  # noqa: ARG001 (signals end it)
        """Give what hears from the system that it is about to sleep or has woken, as `told` is told."""
        from traybeat.host.linux.login1 import Login1

        return Login1(told) if graphical(os.environ) else None

    def backend(shown: "Notifications | None") -> "Backend | None":  # noqa: ARG001 (they do without the icon)
        """Give the system's way to show an icon; None where there is no screen."""
        from traybeat.tray.linux.desktop import Desktop
        from traybeat.tray.linux.statusnotifier import StatusNotifier
        from traybeat.tray.linux.xembed import XEmbed

        address, display = session_bus(os.environ), os.environ.get("DISPLAY")
        if not graphical(os.environ) or not (address or display):
            return None
        return Desktop(StatusNotifier(address) if address else None, XEmbed(display) if display else None)

    def own_usage() -> Usage:
        """Give what tells the agent's own cost."""
        return OwnUsage(psutil)

elif sys.platform == "darwin":

    def notifications(environ: Mapping[str, str], *, headless: bool) -> "Notifications | None":  # noqa: ARG001 (it needs no icon)
        """Give the desktop's way to show notifications; None where there is none."""
        from traybeat.channels.osascript import OsaScript

        return OsaScript()

    def announcer(told: Callable[[bool], None], ended: Callable[[], None], *, headless: bool) -> "Service | None":
        """Give what hears of sleep, of waking and of the user logging out, for as long as there is an icon."""
        if headless:  # nobody runs the loop that it is told by
            return None
        import AppKit

        from traybeat.host.macos.workspace import Workspace

        return Workspace(AppKit.NSWorkspace.sharedWorkspace().notificationCenter(), told, ended)

    def backend(shown: "Notifications | None") -> "Backend | None":  # noqa: ARG001 (they do without the icon)
        """Give the system's way to show an icon."""
        import pystray
        from PyObjCTools.AppHelper import callAfter

        from traybeat.tray.macos import MacosManners
        from traybeat.tray.native import Native

        return Native(pystray, MacosManners(callAfter))

    def own_usage() -> Usage:
        """Give what tells the agent's own cost."""
        return OwnUsage(psutil)

else:

    def notifications(environ: Mapping[str, str], *, headless: bool) -> "Notifications | None":  # noqa: ARG001 (all of it is the icon's)
        """Give the desktop's way to show notifications; None where there is none."""
        from traybeat.channels.balloon import Balloons

        if headless:
            why = "Windows shows them beside an icon, and headless there is none"
            log.info("no notifications on the desktop", extra=fields(part="desktop", reason=why))
            return None
        return Balloons()

    def announcer(told: Callable[[bool], None], ended: Callable[[], None], *, headless: bool) -> "Service | None":  # noqa: ARG001 (it has a window of its own)
        """Give what hears of sleep, of waking and of the user logging off."""
        from traybeat.host.windows.events import SystemEvents
        from traybeat.host.windows.window import listen

        return SystemEvents(told, ended, listen)

    def backend(shown: "Notifications | None") -> "Backend | None":
        """Give the system's way to show an icon, which shows the notifications, too."""
        import ctypes

        import pystray

        from traybeat.channels.balloon import Balloons
        from traybeat.tray.native import Native
        from traybeat.tray.windows import WindowsManners

        manners = WindowsManners(ctypes.WinDLL("user32"))
        return Native(pystray, manners, shown if isinstance(shown, Balloons) else None)

    def own_usage() -> Usage:
        """Give what tells the agent's own cost."""
        return OwnUsage(psutil, private=True)


def collectors(clock: Clock) -> Mapping[str, tuple[Registration, Machine]]:
    """Find the collectors, each with the machine that it reads."""
    seen = machine(clock)
    return {one.name: (one, seen) for one in discover()}
