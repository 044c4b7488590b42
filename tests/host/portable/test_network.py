from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from fakes import FakeClock
from traybeat.host.portable.network import CONNECTIONS_SECONDS, DENIED_SECONDS, PortableNetwork, Seldom
from traybeat.model.readings.network import TCP_STATES, InterfaceKind


class PsutilError(Exception):
    pass


class AccessDeniedError(PsutilError):
    pass


class Psutil:
    """As much of psutil as is asked about networks; counts how often."""

    Error = PsutilError
    AccessDenied = AccessDeniedError

    def __init__(self, *counters: Any, connections: Callable[[], Any] = list) -> None:
        self._counters = list(counters)
        self._connections = connections
        self.asked = 0

    def net_io_counters(self, *, pernic: bool, nowrap: bool) -> Any:
        assert pernic
        assert not nowrap
        found = self._counters.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    def net_connections(self, kind: str) -> Any:
        assert kind == "tcp"
        self.asked += 1
        return self._connections()


def counters(received: int = 1, sent: int = 2) -> Any:
    return SimpleNamespace(
        bytes_recv=received,
        bytes_sent=sent,
        packets_recv=3,
        packets_sent=4,
        errin=5,
        errout=6,
        dropin=7,
        dropout=8,
    )


def connections(**states: int) -> list[Any]:
    return [SimpleNamespace(status=state) for state, count in states.items() for _ in range(count)]


def refuse() -> None:
    raise AccessDeniedError


def fail() -> None:
    raise OSError("the table changed while it was read")


def test_counters_have_node_exporters_names() -> None:
    (interface,) = PortableNetwork(Psutil({"en0": counters()}), FakeClock()).read().interfaces
    assert (interface.device, interface.kind) == ("en0", InterfaceKind.PHYSICAL)
    assert interface.receive == {"bytes": 1, "packets": 3, "errs": 5, "drop": 7}
    assert interface.transmit == {"bytes": 2, "packets": 4, "errs": 6, "drop": 8}


def test_a_counter_that_psutil_lacks_is_left_out() -> None:
    fake = Psutil({"en0": SimpleNamespace(bytes_recv=1)})
    (interface,) = PortableNetwork(fake, FakeClock()).read().interfaces
    assert (interface.receive, interface.transmit) == ({"bytes": 1}, {})


def test_interfaces_are_told_apart_by_their_names() -> None:
    source = PortableNetwork(Psutil(dict.fromkeys(("lo0", "en0", "utun3", "awdl0"), counters())), FakeClock())
    kinds = {interface.device: interface.kind for interface in source.read().interfaces}
    assert [kind.value for kind in kinds.values()] == ["loopback", "physical", "vpn", "virtual"]


def test_interfaces_come_and_go() -> None:
    source = PortableNetwork(Psutil({"en0": counters()}, {"en5": counters()}), FakeClock())
    assert [[one.device for one in source.read().interfaces] for _ in range(2)] == [["en0"], ["en5"]]


@pytest.mark.parametrize("first", [OSError("vanished"), PsutilError(), None, {}])
def test_an_interface_that_vanishes_mid_call_is_survived_by_asking_again(first: Any) -> None:
    source = PortableNetwork(Psutil(first, {"en0": counters()}), FakeClock())
    assert [one.device for one in source.read().interfaces] == ["en0"]


def test_a_system_that_tells_no_counters_has_no_interfaces() -> None:
    assert PortableNetwork(Psutil(None, None), FakeClock()).read().interfaces == ()


def test_connections_are_counted_in_every_state() -> None:
    fake = Psutil({}, {}, connections=lambda: connections(ESTABLISHED=3, LISTEN=2, FIN_WAIT1=1, NONE=4, DELETE_TCB=1))
    found = PortableNetwork(fake, FakeClock()).read().connections
    assert found is not None
    assert tuple(found) == TCP_STATES
    assert {state: count for state, count in found.items() if count} == {"established": 3, "listen": 2, "fin_wait1": 1}


def test_connections_are_asked_for_twice_a_minute_only() -> None:
    clock, fake = FakeClock(), Psutil(*[{}] * 8, connections=lambda: connections(LISTEN=fake.asked))
    source = PortableNetwork(fake, clock)
    source.read()
    clock.go(CONNECTIONS_SECONDS - 1)
    found = source.read().connections
    assert found is not None
    assert (fake.asked, found["listen"]) == (1, 1)
    clock.go(1)
    found = source.read().connections
    assert found is not None
    assert (fake.asked, found["listen"]) == (2, 2)


def test_who_may_not_ask_for_connections_does_not_ask_again_for_an_hour() -> None:
    clock, fake = FakeClock(), Psutil(*[{}] * 8, connections=refuse)
    source = PortableNetwork(fake, clock)
    assert source.read().connections is None
    clock.go(DENIED_SECONDS - 1)
    assert source.read().connections is None
    assert fake.asked == 1
    clock.go(1)
    source.read()
    assert fake.asked == 2


def test_connections_that_can_not_be_read_now_are_asked_for_again_soon() -> None:
    clock, fake = FakeClock(), Psutil(*[{}] * 8, connections=fail)
    source = PortableNetwork(fake, clock)
    assert source.read().connections is None
    clock.go(CONNECTIONS_SECONDS)
    source.read()
    assert fake.asked == 2


def test_what_was_denied_later_forgets_what_was_known() -> None:
    answers: list[Any] = [{"listen": 1}, PermissionError()]

    def count() -> Any:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    clock = FakeClock()
    seldom = Seldom(count, clock, PermissionError)
    assert seldom() == {"listen": 1}
    clock.go(CONNECTIONS_SECONDS)
    assert seldom() is None
    clock.go(CONNECTIONS_SECONDS)
    assert seldom() is None
