import socket
import time

from traybeat.channels.deadline import deadline


def test_a_reader_is_released_when_the_time_is_over() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        started = time.monotonic()
        with deadline(0.1, lambda: ours) as expiry:
            assert ours.recv(1) == b""
        assert expiry.expired
        assert time.monotonic() - started < 2


def test_in_time_nothing_happens() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        with deadline(60, lambda: ours) as expiry:
            theirs.sendall(b"x")
            assert ours.recv(1) == b"x"
        assert not expiry.expired
        ours.sendall(b"y")
        assert theirs.recv(1) == b"y"


def test_without_a_connection_there_is_nothing_to_shut() -> None:
    with deadline(0.01, lambda: None) as expiry:
        started = time.monotonic()
        while not expiry.expired and time.monotonic() - started < 5:
            pass
    assert expiry.expired
