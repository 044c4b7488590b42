"""Network: what each interface carries, and how many connections there are."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from traybeat.collectors.registry import Registration
from traybeat.host.machine import Machine
from traybeat.model.errors import NoDataError
from traybeat.model.metric import Collection, Metric, Sample, counter, gauge
from traybeat.model.rate import Rates, longest_gap
from traybeat.model.readings.network import Interface, InterfaceKind, NetworkReading
from traybeat.model.settings import CollectorOptions
from traybeat.model.text import clean


def _rate(name: str, help_: str, precision: float) -> Metric:
    return gauge(f"system_network_{name}_per_second", "", help_, "device", precision=precision)


RECEIVE_BYTES = _rate("receive_bytes", "Bytes received per second.", 1)
TRANSMIT_BYTES = _rate("transmit_bytes", "Bytes sent per second.", 1)
_RATES = {
    ("receive", "bytes"): RECEIVE_BYTES,
    ("transmit", "bytes"): TRANSMIT_BYTES,
    ("receive", "packets"): _rate("receive_packets", "Packets received per second.", 0.01),
    ("transmit", "packets"): _rate("transmit_packets", "Packets sent per second.", 0.01),
    ("receive", "errs"): _rate("receive_errors", "Packets per second that were received with an error.", 0.01),
    ("transmit", "errs"): _rate("transmit_errors", "Packets per second that could not be sent for an error.", 0.01),
}
CONNECTIONS = gauge("system_network_connections", "", "TCP sockets in each state.", "state", precision=1)
INFO = gauge(
    "system_network_interface_info",
    "",
    "What each interface is (physical, loopback, vpn or virtual), value is always 1; "
    "only physical ones add up, what passes through the others is counted there as well.",
    "device",
    "kind",
)

# The counters of /proc/net/dev, and one (nohandler) that node_exporter has from netlink.
_FIELDS = (
    ("receive", ("bytes", "packets", "errs", "drop", "fifo", "frame", "compressed", "multicast", "nohandler")),
    ("transmit", ("bytes", "packets", "errs", "drop", "fifo", "colls", "carrier", "compressed")),
)


def _node(direction: str, field: str) -> Metric:
    unit = "bytes" if field == "bytes" else ""
    help_ = f"Network device statistic {direction}_{field}."
    return counter(f"node_network_{direction}_{field}_total", unit, help_, "device")


_NODE = {(direction, field): _node(direction, field) for direction, fields in _FIELDS for field in fields}


class Totals(NamedTuple):
    """What the machine as a whole carries, in bytes per second; None until there is a rate."""

    receive: float | None
    transmit: float | None


def totals(samples: Iterable[Sample]) -> Totals:
    """Add the rates of the physical interfaces in one batch's samples, so that nothing counts twice."""
    samples = tuple(samples)
    physical = {
        sample.labels[0]
        for sample in samples
        if sample.metric is INFO and sample.labels[1] == InterfaceKind.PHYSICAL.value
    }

    def total(metric: Metric) -> float | None:
        rates = [one.value for one in samples if one.metric is metric and one.labels[0] in physical]
        return sum(rates) if rates else None

    return Totals(total(RECEIVE_BYTES), total(TRANSMIT_BYTES))


class Network:
    """Collects interfaces and TCP connections."""

    name = "network"
    metrics = (
        *_RATES.values(),
        CONNECTIONS,
        INFO,
        *_NODE.values(),
    )

    def __init__(self, machine: Machine, options: CollectorOptions) -> None:
        self.interval = options.interval_seconds
        self._source = machine.network
        self._clock = machine.clock
        self._rates: Rates[tuple[str, str, str]] = Rates(longest_gap(self.interval))
        self._node = dict(_NODE)

    def collect(self) -> Collection:
        """Read every interface and the number of connections once; rates need a reading before."""
        reading = self._source.read()
        if not reading.interfaces and reading.connections is None:
            raise NoDataError("this machine shows no network interfaces")
        interfaces: dict[str, Interface] = {}
        for interface in reading.interfaces:
            interfaces.setdefault(clean(interface.device), interface)
        alike = len(reading.interfaces) - len(interfaces)
        samples = (*self._moving(interfaces), *self._standing(interfaces), *_connections(reading))
        return Collection(samples, dropped={"same_labels": alike} if alike else {})

    def _moving(self, interfaces: Mapping[str, Interface]) -> Iterator[Sample]:
        if not interfaces:
            # Nothing was to be had this time; the next reading may still be compared with the one before.
            return
        counters = {
            (device, direction, field): values[field]
            for device, interface in interfaces.items()
            for direction, field in _RATES
            if field in (values := interface.receive if direction == "receive" else interface.transmit)
        }
        for (device, direction, field), rate in self._rates(self._clock.monotonic(), counters).items():
            yield _RATES[direction, field].sample(rate, device)

    def _standing(self, interfaces: Mapping[str, Interface]) -> Iterator[Sample]:
        for device, interface in interfaces.items():
            yield INFO.sample(1, device, interface.kind.value)
            for field, value in interface.receive.items():
                yield self._metric("receive", field).sample(value, device)
            for field, value in interface.transmit.items():
                yield self._metric("transmit", field).sample(value, device)

    def _metric(self, direction: str, field: str) -> Metric:
        if (direction, field) not in self._node:
            self._node[direction, field] = _node(direction, field)
        return self._node[direction, field]


def _connections(reading: NetworkReading) -> Iterator[Sample]:
    for state, count in (reading.connections or {}).items():
        yield CONNECTIONS.sample(count, state)


@dataclass(frozen=True, slots=True)
class Options(CollectorOptions):
    """The network collector's section of the settings."""


REGISTRATION = Registration("network", Options, Network.metrics, Network)
