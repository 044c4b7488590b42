"""The TLS handshake of one connection, bounded like all that follows it.

Left to asyncio, a connection is nobody's until its handshake is over, and may take a minute for that: whoever opens
many and stays silent would have all the files that this process may open. So each is counted from its first moment.

Imports uvicorn: to be imported where a listener opens, as `site` does.
"""

import asyncio
import ssl
from typing import Any

from uvicorn.protocols.utils import get_remote_addr

from traybeat.engine.connection import HEADER_SECONDS, Connection


class Handshake(asyncio.Protocol):
    """Shakes hands and then hands over to a connection of `kind`; made with what uvicorn makes that with."""

    kind: type[Connection]
    context: ssl.SSLContext
    seconds: float

    def __init__(self, **made: Any) -> None:
        self.client: tuple[str, int] | None = None
        self._connection = self.kind(**made)
        self._early: list[bytes] = []
        self._shaking: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let a connection begin, unless there are too many; what it sends waits for the handshake."""
        transport.pause_reading()
        self.client = get_remote_addr(transport)
        self._connection.connections.add(self)  # type: ignore[arg-type]
        if self._connection.crowded(self.client):
            self._connection.connections.discard(self)
            transport.abort()
        else:
            self._shaking = asyncio.create_task(self._shake(transport))

    def data_received(self, data: bytes) -> None:
        """Keep what comes between the handshake's end and the handing over."""
        self._early.append(data)

    def shutdown(self) -> None:
        """Give up; the listener closes."""
        if self._shaking is not None:
            self._shaking.cancel()

    async def _shake(self, transport: asyncio.Transport) -> None:
        loop = asyncio.get_running_loop()
        try:
            secured = await loop.start_tls(
                transport, self, self.context, server_side=True, ssl_handshake_timeout=self.seconds
            )
        except OSError:  # no TLS, no agreement, no end, or gone: asyncio has closed it
            return
        finally:
            self._connection.connections.discard(self)
        if secured is not None:  # it is where the other side left in that very moment
            self._hand_over(secured)

    def _hand_over(self, secured: asyncio.Transport) -> None:
        secured.set_protocol(self._connection)
        self._connection.connection_made(secured)
        for data in self._early:
            self._connection.data_received(data)


def secured(kind: type[Connection], context: ssl.SSLContext, seconds: float = HEADER_SECONDS) -> type[Handshake]:
    """Give the protocol of a listener that speaks TLS; `seconds` is how long a handshake may take."""
    return type("Secured", (Handshake,), {"kind": kind, "context": context, "seconds": seconds})
