"""WS /api/live: the newest readings and alert changes, to whoever shows a key first."""

import asyncio
import contextlib

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from traybeat.api.guard import Doors
from traybeat.engine.feed import Feed, Listener
from traybeat.engine.principal import PEER
from traybeat.engine.strikes import FAILURES

FIRST_SECONDS = 10.0
AGAIN_SECONDS = 30.0
"""How often it is looked whether the key still holds."""
LARGEST_FIRST = 1024
POLICY_VIOLATION, TRY_LATER = 1008, 1013
MOST_CLIENTS = 200


class Hello(msgspec.Struct, frozen=True):
    """The first message: a key, or a session's token."""

    key: str


class Live:
    """Answers the WebSocket."""

    def __init__(self, feed: Feed, doors: Doors) -> None:
        self._feed = feed
        self._doors = doors
        self._clients = 0

    async def answer(self, socket: WebSocket) -> None:
        """Serve one client to its end."""
        await socket.accept()
        key = await self._key(socket)
        if key is None:
            await _close(socket, POLICY_VIOLATION, 'send {"key": "KEY"} first')
        elif self._clients >= MOST_CLIENTS:
            await _close(socket, TRY_LATER, "too many clients")
        else:
            await self._serve(socket, key)

    async def _key(self, socket: WebSocket) -> str | None:
        who: str = socket.scope[PEER]
        if self._doors.ledger.local.spent(FAILURES, who):
            return None
        try:
            async with asyncio.timeout(FIRST_SECONDS):
                text = await socket.receive_text()
            key = msgspec.json.decode(text, type=Hello).key if len(text) <= LARGEST_FIRST else ""
        except (TimeoutError, WebSocketDisconnect, msgspec.MsgspecError, KeyError):
            key = ""
        if self._doors.holder(key) is not None:
            return key
        self._doors.ledger.local.hit(FAILURES, who)
        return None

    async def _serve(self, socket: WebSocket, key: str) -> None:
        self._clients += 1
        try:
            listener = await self._feed.join()
            try:
                await self._talk(socket, listener, key)
            finally:
                self._feed.leave(listener)
        finally:
            self._clients -= 1

    async def _talk(self, socket: WebSocket, listener: Listener, key: str) -> None:
        async with asyncio.TaskGroup() as group:
            hearing = group.create_task(_hear(socket))
            telling = group.create_task(self._tell(socket, listener, key))
            await asyncio.wait({hearing, telling}, return_when=asyncio.FIRST_COMPLETED)
            hearing.cancel()
            telling.cancel()

    async def _tell(self, socket: WebSocket, listener: Listener, key: str) -> None:
        """Tell what is new for as long as the key holds."""
        with contextlib.suppress(WebSocketDisconnect, OSError, RuntimeError):  # gone, as clients go
            while True:
                messages: tuple[bytes, ...] = ()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(AGAIN_SECONDS):
                        messages = await listener.take()
                if self._doors.holder(key) is None:
                    await _close(socket, POLICY_VIOLATION, "the key was revoked")
                    return
                for message in messages:
                    await socket.send_text(message.decode())


async def _hear(socket: WebSocket) -> None:
    """Listen, so that an end is heard; what clients say after the key means nothing."""
    with contextlib.suppress(WebSocketDisconnect, OSError, RuntimeError):
        while (await socket.receive())["type"] != "websocket.disconnect":
            pass


async def _close(socket: WebSocket, code: int, reason: str) -> None:
    with contextlib.suppress(WebSocketDisconnect, OSError, RuntimeError):
        await socket.close(code, reason)
