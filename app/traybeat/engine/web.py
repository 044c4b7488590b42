"""The asyncio thread: every HTTP listener and the local control socket live on it."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from traybeat.model.stop import Stop


class Part(Protocol):
    """Something that lives on the asyncio thread."""

    async def serve(self) -> None:
        """Work until ended."""

    def end(self) -> None:
        """Let `serve` return; called on the asyncio thread."""


class Web:
    """The service that runs the parts; one that dies takes the others along, and the supervisor starts all again."""

    name = "http"

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = tuple(parts)

    def run(self, stop: Stop) -> None:
        """Run until `stop`."""
        asyncio.run(self._serve(stop))

    async def _serve(self, stop: Stop) -> None:
        loop = asyncio.get_running_loop()

        def end() -> None:
            for part in self._parts:
                part.end()

        async with asyncio.TaskGroup() as group:
            for part in self._parts:
                group.create_task(part.serve())
            await asyncio.sleep(0)  # every part has begun, so that ending it is heard
            stop.call(lambda: _call_soon(loop, end))


def _call_soon(loop: asyncio.AbstractEventLoop, call: "Callback") -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(call)


class Callback(Protocol):
    """A call without arguments."""

    def __call__(self) -> None:
        """Call."""
