"""A time by which an exchange must be over, however slowly the other side drips."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator


class Expiry:
    """Whether the time ran out."""

    __slots__ = ("expired",)

    def __init__(self) -> None:
        self.expired = False


@contextlib.contextmanager
def deadline(seconds: float, current: Callable[[], socket.socket | None]) -> Iterator[Expiry]:
    """Shut the connection that `current` gives down after so many seconds; whoever reads from it then gets an error.

    A socket's own time-out begins anew with every byte.
    """
    expiry = Expiry()

    def expire() -> None:
        expiry.expired = True
        if (connection := current()) is not None:
            with contextlib.suppress(OSError):
                # Not the method of a TLS socket, which would take its state away from under the reader.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, expire)
    timer.daemon = True
    timer.start()
    try:
        yield expiry
    finally:
        timer.cancel()
