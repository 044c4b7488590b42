"""What kind of interface it is: /sys/class/net (the kernel's Documentation/ABI/testing/sysfs-class-net)."""

import re
from pathlib import Path

from traybeat.host.linux import sysfs
from traybeat.host.portable.interface import by_name
from traybeat.model.readings.network import InterfaceKind

# Interface types of linux/if_arp.h. No link layer (tun, WireGuard, IPsec) counts as a tunnel, unless there is a device:
# mobile broadband comes without a link layer, too.
_LOOPBACK = 772
_TUNNELS = {512: "ppp", 768: "ipip", 769: "ip6ip6", 776: "sit", 778: "gre", 823: "ip6gre", 65534: "none"}

# What drivers call themselves, where that says more than the files do. A port of a switch (dsa) has a device, but the
# traffic is its conduit's.
_DRIVERS = {
    **dict.fromkeys(("wireguard", "ppp", "l2tpeth", "ovpn", "ipsec", "xfrm"), InterfaceKind.VPN),
    **dict.fromkeys(("dsa", "bridge", "bond", "team", "vlan", "vxlan", "geneve", "macvlan"), InterfaceKind.VIRTUAL),
}
_DRIVER = re.compile(r"^DEVTYPE=(\S+)", re.MULTILINE)


def classify(folder: Path, name: str) -> InterfaceKind:
    """Tell the kind of the interface whose files are in `folder`; by its name where there are none."""
    kind = sysfs.number(str(folder / "type"))
    if kind is None:
        return by_name(name)
    if kind == _LOOPBACK:
        return InterfaceKind.LOOPBACK
    driver = _DRIVER.search(sysfs.text(str(folder / "uevent")) or "")
    if driver and driver[1] in _DRIVERS:
        return _DRIVERS[driver[1]]
    if (folder / "device").exists():
        # Under a hypervisor one network card may be another's fast path, and its traffic is in the other's counters.
        return InterfaceKind.VIRTUAL if (folder / "master/device").exists() else InterfaceKind.PHYSICAL
    return _without_device(folder, kind)


def _without_device(folder: Path, kind: int) -> InterfaceKind:
    # A tap that is part of a bridge is a virtual machine's cable, else a VPN's.
    tap = (folder / "tun_flags").exists() and not (folder / "master").exists()
    return InterfaceKind.VPN if tap or kind in _TUNNELS else InterfaceKind.VIRTUAL
