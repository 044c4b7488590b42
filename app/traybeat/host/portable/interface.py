"""What kind of interface a name stands for, and which ones add up."""

import re
from collections.abc import Mapping

from traybeat.model.readings.network import InterfaceKind

# In this order, the first that matches the whole name, whatever its case. What matches none is physical.
_PATTERNS = (
    (InterfaceKind.LOOPBACK, r"lo\d*|loopback.*|npcap loopback.*"),
    # Unix: made by the kernel or by a VPN's own program.
    (InterfaceKind.VPN, r"(utun|tun|tap|wg|ppp|ipsec|xfrm|vti|ip6_vti|gif|stf|sit|gre|tunl|ip6tnl|ip6gre|nebula)\d*"),
    (InterfaceKind.VPN, r"(wg|tun|tap|ppp|zt|tailscale|nordlynx|proton|mullvad|cscotun|gpd|l2tp)[-_\w.]*"),
    # Windows: the names that VPN programs give to their connections.
    (InterfaceKind.VPN, r"(wireguard|tap-|openvpn|tailscale|zerotier|nordlynx|nordvpn|protonvpn|mullvad).*"),
    (InterfaceKind.VPN, r".*(vpn|wintun|tunnel|teredo|isatap|6to4|anyconnect).*"),
    # macOS: Wi-Fi's own helpers, Apple's internal links and the interfaces of virtual machines.
    (InterfaceKind.VIRTUAL, r"(awdl|llw|anpi|ap|p2p|bridge|vmenet|vmnet|feth|pktap|iptap|xhc|bond|vlan)\d+"),
    # Linux, where /sys is hidden: bridges, containers, virtual machines, bundles of other interfaces.
    (InterfaceKind.VIRTUAL, r"(veth|docker|br-|virbr|vnet|lxc|lxd|cni|flannel|cali|cilium|kube|podman|vxlan).*"),
    (InterfaceKind.VIRTUAL, r"(dummy|ifb|nlmon|team|macvlan|macvtap|ipvlan|br|vmbr|gretap|erspan)\d*|[^ ]+\.\d+"),
    (InterfaceKind.VIRTUAL, r"(vethernet|vmware|virtualbox|vboxnet|hyper-v|bluetooth|local area connection\*).*"),
)
_COMPILED = tuple((kind, re.compile(pattern, re.IGNORECASE | re.DOTALL)) for kind, pattern in _PATTERNS)


def by_name(name: str) -> InterfaceKind:
    """Tell an interface's kind by its name alone."""
    return next((kind for kind, pattern in _COMPILED if pattern.fullmatch(name)), InterfaceKind.PHYSICAL)


def settled(kinds: Mapping[str, InterfaceKind]) -> Mapping[str, InterfaceKind]:
    """Let virtual interfaces count as physical where there are no others, as in a container.

    Those with a name like a card's do (`eth0`, one end of a pair), else all: inside, too, there may be bridges, and
    what passes through them must not count twice.
    """
    if InterfaceKind.PHYSICAL in kinds.values():
        return kinds
    virtual = {name for name, kind in kinds.items() if kind is InterfaceKind.VIRTUAL}
    promoted = {name for name in virtual if by_name(name) is InterfaceKind.PHYSICAL} or virtual
    return {name: InterfaceKind.PHYSICAL if name in promoted else kind for name, kind in kinds.items()}
