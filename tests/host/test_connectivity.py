import errno
import socket
from typing import Any

from traybeat.host.connectivity import online


class FakeSocket:
    """A socket in a machine that has routes for some families."""

    def __init__(self, family: int, routes: set[int]) -> None:
        self._family = family
        self._routes = routes

    def __enter__(self) -> "FakeSocket":
        return self

    def __exit__(self, *exception: object) -> None:
        pass

    def connect(self, address: tuple[str, int]) -> None:
        if self._family not in self._routes:
            raise OSError(errno.ENETUNREACH, "Network is unreachable")


def machine(*routes: int) -> Any:
    return lambda family, kind: FakeSocket(family, set(routes))


def test_a_route_of_either_kind_is_a_connection() -> None:
    assert online(machine(socket.AF_INET))
    assert online(machine(socket.AF_INET6))


def test_without_any_route_the_machine_is_cut_off() -> None:
    assert not online(machine())


def test_a_system_without_sockets_of_a_family_is_cut_off() -> None:
    def refuse(family: int, kind: int) -> socket.socket:
        raise OSError(errno.EAFNOSUPPORT, "no such family")

    assert not online(refuse)


def test_the_real_machine_can_be_asked() -> None:
    assert online() in {True, False}
