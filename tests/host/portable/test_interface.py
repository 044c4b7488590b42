import pytest
from hypothesis import given
from hypothesis import strategies as st

from traybeat.host.portable.interface import by_name, settled
from traybeat.model.readings.network import InterfaceKind

PHYSICAL, LOOPBACK = InterfaceKind.PHYSICAL, InterfaceKind.LOOPBACK
VPN, VIRTUAL = InterfaceKind.VPN, InterfaceKind.VIRTUAL

NAMES = {
    LOOPBACK: ("lo", "lo0", "Loopback Pseudo-Interface 1", "Npcap Loopback Adapter"),
    PHYSICAL: (
        *("eth0", "enp3s0", "enx001122334455", "wlan0", "wlp2s0", "wwan0", "ib0", "en0", "em1", "venet0", "host0"),
        *("Ethernet", "Ethernet 2", "Wi-Fi", "WLAN", "Local Area Connection", "Mobilfunk", "pdp_ip0", "fw0"),
    ),
    VPN: (
        *("utun3", "tun0", "tap0", "wg0", "wg-office", "ppp0", "ipsec0", "gif0", "stf0", "tailscale0", "ztabcdef12"),
        *("WireGuard Tunnel", "TAP-Windows Adapter V9", "OpenVPN Wintun", "Tailscale", "NordLynx", "Work VPN"),
        *("ZeroTier One [8056c2e21c000001]", "ProtonVPN TUN", "Teredo Tunneling Pseudo-Interface", "isatap.home"),
    ),
    VIRTUAL: (
        *("docker0", "br-0a1b2c3d", "veth12ab", "virbr0", "vnet1", "br0", "bond0", "dummy0", "ifb0", "eth0.100"),
        *("awdl0", "llw0", "anpi0", "ap1", "bridge100", "vmenet0", "feth0", "vboxnet0", "cali1234"),
        *("vEthernet (Default Switch)", "VMware Network Adapter VMnet8", "Local Area Connection* 1"),
    ),
}


@pytest.mark.parametrize(("name", "kind"), [(name, kind) for kind, names in NAMES.items() for name in names])
def test_a_name_tells_the_kind(name: str, kind: InterfaceKind) -> None:
    assert by_name(name) is kind


@given(st.text(max_size=40))
def test_any_name_has_a_kind(name: str) -> None:
    assert by_name(name) in InterfaceKind


def test_virtual_interfaces_stay_so_beside_a_physical_one() -> None:
    kinds = {"eth0": PHYSICAL, "docker0": VIRTUAL, "tun0": VPN}
    assert settled(kinds) == kinds


def test_a_containers_end_of_a_pair_counts_as_physical() -> None:
    kinds = {"lo": LOOPBACK, "eth0": VIRTUAL, "docker0": VIRTUAL, "veth1": VIRTUAL, "tun0": VPN}
    assert settled(kinds) == kinds | {"eth0": PHYSICAL}


def test_where_no_name_is_like_a_cards_all_virtual_ones_count_as_physical() -> None:
    kinds = {"lo": LOOPBACK, "veth1": VIRTUAL, "wg0": VPN}
    assert settled(kinds) == {"lo": LOOPBACK, "veth1": PHYSICAL, "wg0": VPN}
