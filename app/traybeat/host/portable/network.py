"""Network interfaces and connections through psutil."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from traybeat.host.portable.interface import by_name, settled
from traybeat.host.portable.tolerate import refusals, tolerate
from traybeat.model.readings.network import TCP_STATES, Interface, InterfaceKind, NetworkReading
from traybeat.model.service import Clock

CONNECTIONS_SECONDS = 30.0
DENIED_SECONDS = 3600.0

# psutil's counter for each of node_exporter's names.
_RECEIVE = {"bytes": "bytes_recv", "packets": "packets_recv", "errs": "errin", "drop": "dropin"}
_TRANSMIT = {"bytes": "bytes_sent", "packets": "packets_sent", "errs": "errout", "drop": "dropout"}


class Seldom:
    """Counts connections in a costly way: at most every half minute, and not for an hour once it was denied."""

    def __init__(self, count: Callable[[], Mapping[str, int] | None], clock: Clock, denied: type[Exception]) -> None:
        self._count = count
        self._clock = clock
        self._denied = denied
        self._due: float | None = None
        self._found: Mapping[str, int] | None = None

    def __call__(self) -> Mapping[str, int] | None:
        """Give the newest count; None where there is none to be had."""
        now = self._clock.monotonic()
        if self._due is None or now >= self._due:
            self._due = now + CONNECTIONS_SECONDS
            try:
                self._found = self._count()
            except self._denied:
                self._found, self._due = None, now + DENIED_SECONDS
        return self._found


class PortableNetwork:
    """Reads psutil's net_io_counters and net_connections."""

    def __init__(self, psutil: Any, clock: Clock) -> None:
        self._psutil = psutil
        # psutil finds each socket's process as well; on Windows no other thread runs for the tens of milliseconds
        # that this takes, and on macOS only root may ask.
        self._connections = Seldom(self._count, clock, psutil.AccessDenied)
        self._kinds: dict[str, InterfaceKind] = {}

    def read(self) -> NetworkReading:
        """Read once."""
        counters = self._counters()
        self._kinds = {name: self._kinds.get(name) or by_name(name) for name in counters}
        kinds = settled(self._kinds)
        return NetworkReading(
            tuple(
                Interface(name, kinds[name], _pick(found, _RECEIVE), _pick(found, _TRANSMIT))
                for name, found in counters.items()
            ),
            self._connections(),
        )

    def _counters(self) -> Mapping[str, Any]:
        # An interface that vanishes meanwhile makes psutil raise (giampaolo/psutil#2941): the next look lacks it. Wraps
        # are left in: a rate knows them, and psutil's own remedy remembers every interface that ever was.
        found = None
        for _ in range(2):
            found = found or tolerate(self._psutil, "net_io_counters", pernic=True, nowrap=False)
        return found or {}

    def _count(self) -> Mapping[str, int] | None:
        try:
            found = self._psutil.net_connections("tcp")
        except self._psutil.AccessDenied:
            raise
        except refusals(self._psutil):
            return None
        states = Counter(connection.status for connection in found)
        return {state: states[state.upper()] for state in TCP_STATES}


def _pick(found: Any, names: Mapping[str, str]) -> dict[str, float]:
    values = ((ours, getattr(found, theirs, None)) for ours, theirs in names.items())
    return {ours: float(value) for ours, value in values if value is not None}
