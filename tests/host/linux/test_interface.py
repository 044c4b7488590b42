from pathlib import Path

import pytest

from traybeat.host.linux.interface import classify
from traybeat.model.readings.network import InterfaceKind


def interface(folder: Path, kind: int, *parts: str, driver: str | None = None) -> Path:
    """Lay out an interface as sysfs does; `parts` are what lies in its folder."""
    for part in parts:
        (folder / part).mkdir(parents=True, exist_ok=True)
    folder.mkdir(exist_ok=True)
    (folder / "type").write_text(f"{kind}\n")
    (folder / "uevent").write_text((f"DEVTYPE={driver}\n" if driver else "") + "INTERFACE=x\nIFINDEX=7\n")
    return folder


@pytest.mark.parametrize(
    ("what", "kind", "parts", "driver", "expected"),
    [
        ("a card", 1, ("device",), None, "physical"),
        ("Wi-Fi", 1, ("device",), "wlan", "physical"),
        ("mobile broadband without a link layer", 65534, ("device",), "wwan", "physical"),
        ("a card in a bond or a bridge", 1, ("device", "master/bonding"), None, "physical"),
        ("a card that is another card's fast path", 1, ("device", "master/device"), None, "virtual"),
        ("the port of a switch", 1, ("device",), "dsa", "virtual"),
        ("the loopback", 772, (), None, "loopback"),
        ("a bridge", 1, ("bridge",), "bridge", "virtual"),
        ("a bond", 1, ("bonding",), "bond", "virtual"),
        ("a VLAN", 1, (), "vlan", "virtual"),
        ("one end of a pair", 1, (), None, "virtual"),
        ("a tunnel of OpenVPN", 65534, ("tun_flags",), None, "vpn"),
        ("a VPN's tap", 1, ("tun_flags",), None, "vpn"),
        ("a virtual machine's tap", 1, ("tun_flags", "master"), None, "virtual"),
        ("WireGuard", 65534, (), "wireguard", "vpn"),
        ("a point-to-point link", 512, (), "ppp", "vpn"),
        ("IPsec", 65534, (), None, "vpn"),
        ("GRE", 778, (), None, "vpn"),
    ],
)
def test_files_tell_the_kind(
    tmp_path: Path, what: str, kind: int, parts: tuple[str, ...], driver: str | None, expected: str
) -> None:
    folder = interface(tmp_path / "if", kind, *parts, driver=driver)
    assert classify(folder, "eth0").value == expected, what


def test_without_files_the_name_tells_the_kind(tmp_path: Path) -> None:
    assert classify(tmp_path / "none", "docker0") is InterfaceKind.VIRTUAL
    assert classify(tmp_path / "none", "eth0") is InterfaceKind.PHYSICAL


def test_a_file_that_makes_no_sense_leaves_it_to_the_name(tmp_path: Path) -> None:
    folder = interface(tmp_path / "if", 1)
    (folder / "type").write_text("many")
    assert classify(folder, "wg0") is InterfaceKind.VPN


def test_an_interface_without_a_driver_file_is_still_classified(tmp_path: Path) -> None:
    folder = interface(tmp_path / "if", 1, "device")
    (folder / "uevent").unlink()
    assert classify(folder, "eth0") is InterfaceKind.PHYSICAL
