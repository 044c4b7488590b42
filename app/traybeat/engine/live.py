"""A WebSocket connection whose peer must read. Imports uvicorn, as `connection` does."""

import asyncio
import socket

from uvicorn.protocols.websockets.wsproto_impl import WSProtocol

from traybeat.engine.connection import Reading

BUFFER_BYTES = 65_536


class Live(Reading, WSProtocol):
    """A WebSocket. What its peer has not read waits in a small buffer, for a feed is worth nothing once it is old."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Keep the kernel's buffer small, too."""
        super().connection_made(transport)
        held = transport.get_extra_info("socket")
        if held is not None:
            held.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)
