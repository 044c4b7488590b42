"""Network interfaces and connections."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

# The states of a TCP socket in the order of the kernel's numbers for them, from 1: include/net/tcp_states.h. psutil's
# names are the same in capitals.
TCP_STATES = (
    *("established", "syn_sent", "syn_recv", "fin_wait1", "fin_wait2", "time_wait"),
    *("close", "close_wait", "last_ack", "listen", "closing"),
)


class InterfaceKind(Enum):
    """What an interface is; only physical ones add up to what the machine sends and receives."""

    PHYSICAL = "physical"
    LOOPBACK = "loopback"
    VPN = "vpn"
    VIRTUAL = "virtual"


@dataclass(frozen=True, slots=True)
class Interface:
    """An interface's counters since boot, by node_exporter's names for them.

    The keys of `receive` and `transmit` are the parts of node_exporter's metric names between the direction and
    `_total`: `bytes`, `packets`, `errs`, `drop`, `fifo`, ...
    """

    device: str
    kind: InterfaceKind
    receive: Mapping[str, float]
    transmit: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class NetworkReading:
    """One reading. `connections` counts TCP sockets in each of TCP_STATES; None: not to be had."""

    interfaces: tuple[Interface, ...] = ()
    connections: Mapping[str, int] | None = None


class NetworkSource(Protocol):
    """Where network readings come from."""

    def read(self) -> NetworkReading:
        """Read once."""
