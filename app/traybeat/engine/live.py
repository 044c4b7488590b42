"""A WebSocket connection whose peer must read. Imports uvicorn, as `connection` does."""

from uvicorn.protocols.websockets.wsproto_impl import WSProtocol

from traybeat.engine.connection import Reading


class Live(Reading, WSProtocol):
    """A WebSocket."""
