import errno
import socket
import struct
import sys
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traybeat.host.linux import sock_diag
from traybeat.model.readings.network import TCP_STATES

IPV4, IPV6 = 2, 10
DONE = struct.pack("=IHHIIi", 20, 3, 2, 0, 0, 0)


def entry(state: int, attributes: int = 0) -> bytes:
    """One socket as the kernel lists it: header, struct inet_diag_msg, attributes, padding."""
    length = 16 + 72 + attributes
    return struct.pack("=IHHIIBB", length, 20, 2, 0, 0, IPV4, state) + b"\0" * (length - 18) + b"\0" * (-length % 4)


def refusal(code: int) -> bytes:
    return struct.pack("=IHHIIi", 36, 2, 0, 0, 0, -code) + b"\0" * 16


class Kernel:
    """Answers a dump of each family with the pieces it was given."""

    def __init__(self, answers: dict[int, Iterable[bytes]]) -> None:
        self._answers = {family: list(pieces) for family, pieces in answers.items()}
        self._pieces: list[bytes] = []
        self.requests: list[bytes] = []
        self.closed = False

    def send(self, data: bytes, /) -> int:
        self.requests.append(data)
        self._pieces = self._answers[data[16]]
        return len(data)

    def recv(self, size: int, /) -> bytes:
        piece = self._pieces.pop(0)
        assert len(piece) <= size
        return piece

    def close(self) -> None:
        self.closed = True


def count(ipv4: Iterable[bytes], ipv6: Iterable[bytes] = (DONE,)) -> dict[str, int]:
    found = sock_diag.count(lambda: Kernel({IPV4: ipv4, IPV6: ipv6}))
    return {state: number for state, number in found.items() if number}


def test_sockets_are_counted_by_state_over_both_families() -> None:
    found = count([entry(1) + entry(10), entry(1), DONE], [entry(1, 8) + DONE])
    assert found == {"established": 3, "listen": 1}


def test_every_state_is_told_even_if_no_socket_is_in_it() -> None:
    found = sock_diag.count(lambda: Kernel({IPV4: [DONE], IPV6: [DONE]}))
    assert tuple(found) == TCP_STATES
    assert set(found.values()) == {0}


def test_each_of_the_kernels_numbers_has_its_name() -> None:
    pieces = [entry(number) * number for number in range(1, 12)]
    found = sock_diag.count(lambda: Kernel({IPV4: [*pieces, DONE], IPV6: [DONE]}))
    assert list(found.values()) == list(range(1, 12))
    assert found["time_wait"] == 6


def test_a_busy_server_has_its_thousands_counted() -> None:
    assert count([entry(1, 8) * 150 + entry(6) * 100] * 80 + [DONE]) == {"established": 12_000, "time_wait": 8_000}


def test_all_states_of_tcp_are_asked_for_and_no_others() -> None:
    kernel = Kernel({IPV4: [DONE], IPV6: [DONE]})
    sock_diag.count(lambda: kernel)
    assert [len(request) for request in kernel.requests] == [72, 72]
    family, protocol, _, _, states = struct.unpack_from("=BBBBI", kernel.requests[0], 16)
    assert (family, protocol, states) == (IPV4, socket.IPPROTO_TCP, 0b1111_1111_1110)


def test_a_refusal_is_raised_with_its_reason_and_the_socket_closed() -> None:
    kernel = Kernel({IPV4: [refusal(errno.EPERM)], IPV6: [DONE]})
    with pytest.raises(PermissionError):
        sock_diag.count(lambda: kernel)
    assert kernel.closed


def test_a_refusal_for_an_unknown_reason_is_an_error_too() -> None:
    with pytest.raises(OSError, match="refused"):
        count([refusal(-(2**31) + 1)])


def test_a_kernel_without_ipv6_counts_the_rest() -> None:
    assert count([entry(1) + DONE], [refusal(errno.ENOENT)]) == {"established": 1}


@pytest.mark.parametrize(
    "piece",
    [
        b"",
        b"\0" * 8,
        struct.pack("=IHHII", 0, 20, 0, 0, 0) * 4,
        entry(1) + b"\x10",
        struct.pack("=IHHII", 16, 2, 0, 0, 0),
    ],
)
def test_an_answer_that_makes_no_sense_is_an_error_and_never_a_loop_without_end(piece: bytes) -> None:
    with pytest.raises(OSError, match="no sense"):
        count([piece])


@given(st.lists(st.tuples(st.integers(1, 11), st.integers(0, 40)), max_size=300), st.integers(1, 50))
def test_any_mix_of_states_and_lengths_is_counted_exactly(sockets: list[tuple[int, int]], size: int) -> None:
    entries = [entry(*one) for one in sockets]
    pieces = [b"".join(entries[start : start + size]) for start in range(0, len(entries), size)]
    expected = Counter(TCP_STATES[state - 1] for state, _ in sockets)
    assert count([*pieces, DONE]) == dict(expected)


@given(st.binary(max_size=200))
def test_any_bytes_are_counted_or_refused(piece: bytes) -> None:
    found = [0] * 256
    with suppress(OSError):
        sock_diag.tally(piece, found)
    assert sum(found) <= len(piece) // 16


@pytest.mark.skipif(sys.platform != "linux", reason="netlink is Linux' own")
def test_the_real_kernel_counts_hundreds_of_sockets() -> None:
    before = sock_diag.count()
    with socket.create_server(("127.0.0.1", 0), backlog=128) as server:
        pairs = []
        try:
            for _ in range(400):
                pairs += [socket.create_connection(server.getsockname()), server.accept()[0]]
            found = sock_diag.count()
        finally:
            for one in pairs:
                one.close()
    assert found["listen"] > before["listen"] - 5
    assert found["established"] - before["established"] == pytest.approx(800, abs=50)


@pytest.mark.skipif(sys.platform == "linux", reason="elsewhere only")
def test_a_system_without_netlink_refuses() -> None:
    with pytest.raises(OSError, match="netlink"):
        sock_diag.connect()
