import errno

import pytest

from traybeat.engine.site import Endpoint, PortTakenError, explain


def told(number: int, port: int) -> str:
    return str(explain(OSError(number, "as the system says"), Endpoint("127.0.0.1", port), "exporter"))


@pytest.mark.parametrize(
    ("number", "port", "said"),
    [
        (errno.EADDRINUSE, 9180, "port 9180 is taken by another program; stop that, or set exporter.port"),
        (errno.EADDRINUSE, 9100, "port 9100 (node_exporter's port too) is taken by another program"),
        (errno.EACCES, 80, "not allowed to listen on 127.0.0.1:80; set exporter.port to one above 1023"),
        (errno.EACCES, 9100, "not allowed to listen on 127.0.0.1:9100; set exporter.port to another"),
        (errno.EADDRNOTAVAIL, 9100, "127.0.0.1 is not an address of this machine; set exporter.address"),
        (errno.EIO, 9100, "can't listen on 127.0.0.1:9100: as the system says"),
    ],
)
def test_a_port_that_can_not_be_opened_is_told_with_what_to_change(number: int, port: int, said: str) -> None:
    assert told(number, port).startswith(said)


def test_a_port_that_is_taken_is_an_error_of_its_own() -> None:
    assert isinstance(explain(OSError(errno.EADDRINUSE, ""), Endpoint("::1", 9100), "exporter"), PortTakenError)
