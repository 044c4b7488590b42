import socket
from collections.abc import Callable

import pytest


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert isinstance(port, int)
    return port


@pytest.fixture
def free_port() -> int:
    """A TCP port of the loopback interface that nobody listens on now."""
    return _free_port()


@pytest.fixture
def new_port() -> Callable[[], int]:
    """Gives such a port at each call."""
    return _free_port
