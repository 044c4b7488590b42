"""Network interfaces from /proc/net/dev and /sys/class/net, connections by netlink."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from traybeat.host.linux import sock_diag, sysfs
from traybeat.host.linux.interface import classify
from traybeat.host.machine import Roots
from traybeat.host.portable.interface import settled
from traybeat.host.portable.network import Seldom
from traybeat.model.readings.network import TCP_STATES, Interface, InterfaceKind, NetworkReading
from traybeat.model.service import Clock

# The state is the fourth column, after the line's number and two addresses: proc(5).
_SOCKET = re.compile(rb"^ *\d+: [0-9A-F]+:[0-9A-F]+ [0-9A-F]+:[0-9A-F]+ ([0-9A-F]{2}) ", re.MULTILINE)


def parse_dev(dev: bytes) -> dict[str, tuple[dict[str, float], dict[str, float]]]:
    """Parse /proc/net/dev: for each interface what it received and what it sent, by the names in the file's heading.

    A line that makes no sense is left out. Names may hold any bytes but a space, and any may be undecodable.
    """
    heading, _, rest = dev.partition(b"\n")[2].partition(b"\n")
    receive, transmit = ([name.decode("ascii", "replace") for name in part.split()] for part in _columns(heading))
    found = {}
    for line in rest.split(b"\n"):
        name, _, numbers = line.rpartition(b":")
        try:
            values = [float(number) for number in numbers.split()]
        except ValueError:
            continue
        if name and len(values) == len(receive) + len(transmit):
            sent = values[len(receive) :]
            found[name.strip(b" ").decode("utf-8", "surrogateescape")] = (
                dict(zip(receive, values, strict=False)),
                dict(zip(transmit, sent, strict=True)),
            )
    return found


def _columns(heading: bytes) -> tuple[bytes, bytes]:
    _, receive, transmit = [*heading.split(b"|"), b"", b"", b""][:3]
    return receive, transmit


def parse_tcp(tables: bytes) -> dict[str, int]:
    """Count the sockets in /proc/net/tcp and /proc/net/tcp6, one after the other, in each of TCP_STATES."""
    states = Counter(_SOCKET.findall(tables))
    return {state: states[b"%02X" % number] for number, state in enumerate(TCP_STATES, 1)}


class LinuxNetwork:
    """Reads /proc/net/dev, /sys/class/net and the kernel's socket monitor.

    A /proc that is not ours shows in `net` our own network all the same, which in a container is the container's, and
    so does the socket monitor: the first process's is the host's then.
    """

    def __init__(
        self, roots: Roots, clock: Clock, connections: Callable[[], Mapping[str, int]] = sock_diag.count
    ) -> None:
        first = Path(roots.proc, "1/net")
        elsewhere = roots.proc != Roots().proc and first.exists()
        self._net = first if elsewhere else Path(roots.proc, "net")
        self._class = Path(roots.sys, "class/net")
        # The tables take the kernel 1 ms and more where its socket monitor takes 0.2.
        self._tables = Seldom(self._read_tables, clock, PermissionError)
        self._ask = self._tables if elsewhere else connections
        self._kinds: dict[str, tuple[int, InterfaceKind]] = {}

    def read(self) -> NetworkReading:
        """Read once."""
        counters = parse_dev((self._net / "dev").read_bytes())
        self._kinds = {name: self._kind(name) for name in counters}
        kinds = settled({name: kind for name, (_, kind) in self._kinds.items()})
        return NetworkReading(
            tuple(self._interface(name, kinds[name], *found) for name, found in counters.items()),
            self._connections(),
        )

    def _interface(
        self, name: str, kind: InterfaceKind, receive: dict[str, float], transmit: dict[str, float]
    ) -> Interface:
        # The one counter that node_exporter has from netlink and that is not in /proc/net/dev.
        unhandled = sysfs.number(f"{self._class}/{name}/statistics/rx_nohandler")
        if unhandled is not None:
            receive["nohandler"] = float(unhandled)
        return Interface(name, kind, receive, transmit)

    def _kind(self, name: str) -> tuple[int, InterfaceKind]:
        """Classify an interface once in its life: another of the same name has another inode in sysfs."""
        folder = self._class / name
        try:
            inode = folder.stat().st_ino
        except OSError:
            inode = 0
        known = self._kinds.get(name)
        return known if known and known[0] == inode else (inode, classify(folder, name))

    def _connections(self) -> Mapping[str, int] | None:
        try:
            return self._ask()
        except OSError:
            return self._tables()

    def _read_tables(self) -> Mapping[str, int] | None:
        try:
            tables = (self._net / "tcp").read_bytes()
        except PermissionError:
            raise
        except OSError:
            return None
        with suppress(OSError):
            tables += (self._net / "tcp6").read_bytes()
        return parse_tcp(tables)
