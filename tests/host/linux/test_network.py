from collections.abc import Callable, Mapping
from pathlib import Path
from shutil import rmtree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import FakeClock
from traybeat.host.linux.network import LinuxNetwork, parse_dev, parse_tcp
from traybeat.host.machine import Roots
from traybeat.host.portable.network import CONNECTIONS_SECONDS
from traybeat.model.readings.network import TCP_STATES, NetworkReading

HEADING = b"""\
Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
"""  # noqa: E501 (the kernel's own width)
DEV = (
    HEADING
    + b"""\
    lo:   94486      94    0    0    0     0          0         0    94486      94    0    0    0     0       0          0
  eth0: 123244865    3538    1    2    3     4          5         6   210302    1850    7    8    9    10      11         12
"""  # noqa: E501
)
TCP = b"""\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:07E8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 639 1 0 100 0 0 10 0
   1: 0100007F:A54E 0100007F:51B0 06 00000000:00000000 03:00001741 00000000     0        0 0 3 0
 112: 0100007F:B048 0100007F:51AF 01 00000000:00000000 03:00001740 00000000     0        0 0 3 0
"""
TCP6 = b"""\
  sl  local_address                         remote_address                        st tx_queue rx_queue
   0: 00000000000000000000000000000000:07E8 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000
"""


class Machine:
    """A machine's files, and a kernel that counts or refuses."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.roots = Roots(folder / "proc", folder / "sys", folder)
        self._class = self.roots.sys / "class/net"
        self.net = self.roots.proc / "net"
        self.net.mkdir(parents=True)
        self.interfaces("lo", "eth0")

    def interfaces(self, *names: str) -> None:
        lines = (b"%s: %s\n" % (name.encode(), b" ".join([b"1"] * 16)) for name in names)
        (self.net / "dev").write_bytes(HEADING + b"".join(lines))

    def sysfs(self, name: str, kind: int, *parts: str) -> None:
        """Make an interface, before the one of that name before it is unmade: so it has another inode."""
        new = self._class / "new"
        for part in ("statistics", *parts):
            (new / part).mkdir(parents=True)
        (new / "type").write_text(str(kind))
        (new / "statistics/rx_nohandler").write_text("42\n")
        if (self._class / name).exists():
            rmtree(self._class / name)
        new.rename(self._class / name)

    def change(self, name: str, kind: int) -> None:
        (self._class / name / "type").write_text(str(kind))

    def source(self, connections: Callable[[], Mapping[str, int]] = dict) -> LinuxNetwork:
        return LinuxNetwork(self.roots, self.clock, connections)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def refuse() -> Mapping[str, int]:
    raise PermissionError("no netlink in here")


def kinds(reading: NetworkReading) -> dict[str, str]:
    return {interface.device: interface.kind.value for interface in reading.interfaces}


def test_counters_have_the_names_of_the_files_heading() -> None:
    receive, transmit = parse_dev(DEV)["eth0"]
    assert receive == {
        "bytes": 123244865,
        "packets": 3538,
        "errs": 1,
        "drop": 2,
        "fifo": 3,
        "frame": 4,
        "compressed": 5,
        "multicast": 6,
    }
    assert transmit == {
        "bytes": 210302,
        "packets": 1850,
        "errs": 7,
        "drop": 8,
        "fifo": 9,
        "colls": 10,
        "carrier": 11,
        "compressed": 12,
    }


def test_numbers_may_stand_right_behind_the_name() -> None:
    assert parse_dev(HEADING + b"eth0:" + b" ".join([b"1"] * 16) + b"\n")["eth0"][0]["bytes"] == 1


def test_a_name_may_hold_any_bytes() -> None:
    found = parse_dev(HEADING + b"  a:\xff\xe2\x80\xae: " + b" ".join([b"1"] * 16) + b"\n")
    assert list(found) == ["a:\udcff\u202e"]


@pytest.mark.parametrize("dev", [b"", b"\n", HEADING, HEADING + b"eth0: 1 2\n", HEADING + b"eth0: " + b"x " * 16])
def test_what_makes_no_sense_is_left_out(dev: bytes) -> None:
    assert parse_dev(dev) == {}


@given(st.binary())
def test_any_bytes_are_parsed(dev: bytes) -> None:
    parse_dev(dev)
    parse_dev(HEADING + dev)
    parse_tcp(dev)


def test_the_kernels_tables_tell_states_too() -> None:
    found = parse_tcp(TCP + TCP6)
    assert tuple(found) == TCP_STATES
    assert {state: count for state, count in found.items() if count} == {
        "established": 1,
        "time_wait": 1,
        "listen": 2,
    }


def test_interfaces_are_told_apart_by_their_files(machine: Machine) -> None:
    machine.interfaces("lo", "eth0", "office", "lan")
    machine.sysfs("lo", 772)
    machine.sysfs("eth0", 1, "device")
    machine.sysfs("office", 65534, "tun_flags")
    machine.sysfs("lan", 1, "bridge")
    assert kinds(machine.source().read()) == {
        "lo": "loopback",
        "eth0": "physical",
        "office": "vpn",
        "lan": "virtual",
    }


def test_an_interface_is_classified_once_in_its_life(machine: Machine) -> None:
    machine.sysfs("eth0", 1, "device")
    source = machine.source()
    source.read()
    machine.change("eth0", 772)
    assert kinds(source.read())["eth0"] == "physical"


def test_another_interface_of_the_same_name_is_classified_anew(machine: Machine) -> None:
    machine.interfaces("x", "eth0")
    machine.sysfs("x", 1, "device")
    machine.sysfs("eth0", 1, "device")
    source = machine.source()
    assert kinds(source.read())["x"] == "physical"
    machine.sysfs("x", 65534, "tun_flags")
    assert kinds(source.read())["x"] == "vpn"


def test_an_interface_that_went_and_came_back_is_classified_anew(machine: Machine) -> None:
    machine.sysfs("eth0", 1, "device")
    source = machine.source()
    source.read()
    machine.interfaces("lo")
    source.read()
    machine.change("eth0", 772)
    machine.interfaces("lo", "eth0")
    assert kinds(source.read())["eth0"] == "loopback"


def test_a_containers_interface_counts_as_physical(machine: Machine) -> None:
    machine.sysfs("lo", 772)
    machine.sysfs("eth0", 1)
    assert kinds(machine.source().read()) == {"lo": "loopback", "eth0": "physical"}


def test_packets_that_nobody_took_are_counted_where_sysfs_is_to_be_seen(machine: Machine) -> None:
    machine.sysfs("eth0", 1, "device")
    lo, eth0 = machine.source().read().interfaces
    assert eth0.receive["nohandler"] == 42
    assert "nohandler" not in lo.receive


def test_connections_are_the_kernels(machine: Machine) -> None:
    assert machine.source(lambda: {"listen": 3}).read().connections == {"listen": 3}


def test_where_netlink_is_refused_the_tables_are_read_twice_a_minute(machine: Machine) -> None:
    (machine.net / "tcp").write_bytes(TCP)
    (machine.net / "tcp6").write_bytes(TCP6)
    source = machine.source(refuse)
    found = source.read().connections
    assert found is not None
    assert found["listen"] == 2
    (machine.net / "tcp6").unlink()
    assert source.read().connections == found
    machine.clock.go(CONNECTIONS_SECONDS)
    found = source.read().connections
    assert found is not None
    assert found["listen"] == 1


def test_where_nothing_tells_connections_there_are_none(machine: Machine) -> None:
    assert machine.source(refuse).read().connections is None
    assert machine.source(refuse).read().interfaces


def test_tables_that_can_not_be_read_leave_connections_out(machine: Machine) -> None:
    (machine.net / "tcp").mkdir()
    assert machine.source(refuse).read().connections is None


def test_of_a_host_seen_from_a_container_the_first_processs_network_is_told(machine: Machine) -> None:
    hosts = machine.roots.proc / "1/net"
    hosts.mkdir(parents=True)
    own = b"enp3s0: %s\n" % b" ".join([b"7"] * 16)
    (hosts / "dev").write_bytes(HEADING + own)
    (hosts / "tcp").write_bytes(TCP)
    reading = machine.source(lambda: {"listen": 99}).read()
    assert [one.device for one in reading.interfaces] == ["enp3s0"]
    assert reading.connections is not None
    assert reading.connections["listen"] == 1
