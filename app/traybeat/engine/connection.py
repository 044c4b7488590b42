"""One HTTP or WebSocket connection, bounded: how many there are, how slowly they may send and read.

Imports uvicorn: to be imported where a listener opens, as `site` does.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from traybeat.engine.refusal import NOTHING, SECURITY, Refusal, described

MOST_CONNECTIONS = 256
MOST_PER_PEER = 32
HEADER_SECONDS = 10.0
UNREAD_SECONDS = 10.0


def _closing(refusal: Refusal) -> bytes:
    """Write the whole answer to somebody whom the gate never sees."""
    body = refusal.body()
    headers = ((b"connection", b"close"), *described(refusal, body), *SECURITY, (b"content-security-policy", NOTHING))
    lines = b"".join(b"%s: %s\r\n" % header for header in headers)
    return b"HTTP/1.1 %d %s\r\n%s\r\n%s" % (refusal.status, refusal.title.encode(), lines, body)


_BUSY = _closing(
    Refusal(503, "Service Unavailable", "Too many connections; close some.", ((b"retry-after", b"5"),)),
)
_NO_HTTP = _closing(Refusal(400, "Bad Request", "This can't be read as HTTP/1.1."))

Trusted = Callable[[str], bool]


class Reading:
    """Drops a peer that does not read what it asked for."""

    _unread: asyncio.TimerHandle | None = None
    transport: Any
    loop: Any

    def pause_writing(self) -> None:
        """Begin to lose patience: what we say piles up."""
        super().pause_writing()  # type: ignore[misc]
        if self._unread is None:
            self._unread = self.loop.call_later(UNREAD_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Be patient again."""
        self._calm()
        super().resume_writing()  # type: ignore[misc]

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the deadline."""
        self._calm()
        super().connection_lost(exc)  # type: ignore[misc]

    def _calm(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None


class Connection(Reading, H11Protocol):
    """An HTTP connection. `trusted` says which peers are proxies, whose connections are many people's."""

    trusted: Trusted = staticmethod(lambda _: False)
    _header: asyncio.TimerHandle | None = None
    _refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let a connection in, unless there are too many."""
        super().connection_made(transport)
        if self.crowded(self.client):
            self._refused = True
            transport.write(_BUSY)
            transport.close()
            return
        self._expect()

    def data_received(self, data: bytes) -> None:
        """Take what came; a header that does not end in time ends the connection."""
        if self._refused:
            return
        super().data_received(data)
        if self._answering():
            self._relax()
        elif self._header is None and not self.transport.is_closing():
            self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the deadline."""
        self._relax()
        super().connection_lost(exc)

    def crowded(self, client: tuple[str, int] | None) -> bool:
        """Say whether there are too many connections, or too many of this peer's; it is among them already."""
        if len(self.connections) > MOST_CONNECTIONS:
            return True
        if client is None or self.trusted(client[0]):
            return False
        clients: list[tuple[str, int] | None] = [getattr(one, "client", None) for one in self.connections]
        return sum(one is not None and one[0] == client[0] for one in clients) > MOST_PER_PEER

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP, as every refusal is answered; `msg` is uvicorn's own words for it."""
        del msg
        self.transport.write(_NO_HTTP)
        self.transport.close()

    def _answering(self) -> bool:
        """Say whether a whole header has come: there is an answer under way, or a WebSocket in our place."""
        cycle: RequestResponseCycle | None = self.cycle
        under_way = cycle is not None and not cycle.response_complete
        return under_way or self.transport.get_protocol() is not self

    def _expect(self) -> None:
        self._header = self.loop.call_later(HEADER_SECONDS, self._late)

    def _relax(self) -> None:
        if self._header is not None:
            self._header.cancel()
            self._header = None

    def _late(self) -> None:
        self._header = None
        if not self._answering():
            self.transport.close()


def connection(trusted: Trusted) -> type[Connection]:
    """Give the protocol of a listener."""
    return type("Connection", (Connection,), {"trusted": staticmethod(trusted)})
