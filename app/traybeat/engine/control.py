"""Answers the commands that ask the running instance."""

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from traybeat.host import control
from traybeat.host.logs import fields
from traybeat.model.errors import TraybeatError

log = logging.getLogger("traybeat.control")

PATIENCE_SECONDS = 5.0

Request = Mapping[str, Any]
Answer = Callable[[Request], bytes]


class Control:
    """The local socket's listener.

    `answers` gives for each request a call that takes the whole request and makes its answer, as JSON bytes; it runs on
    a thread of its own, so it may take its time. A TraybeatError that it raises is told to whoever asked.
    """

    name = "control"

    def __init__(self, where: str, answers: Mapping[str, Answer]) -> None:
        self._where = where
        self._answers = answers
        self._ended = asyncio.Event()

    async def serve(self) -> None:
        """Listen until ended; where there is no room for the socket, say so and go on without."""
        self._ended = asyncio.Event()
        try:
            close = await control.listen(self._where, self._answer)
        except (OSError, TraybeatError) as error:
            log.warning("no control socket: `traybeat status` can't ask", extra=fields(part=self.name, error=error))
            await self._ended.wait()
            return
        try:
            await self._ended.wait()
        finally:
            close()

    def end(self) -> None:
        """Let `serve` return."""
        self._ended.set()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                line = await reader.readline()
            answer = await asyncio.to_thread(self.reply, line)
            async with asyncio.timeout(PATIENCE_SECONDS):
                writer.write(answer + b"\n")
                await writer.drain()
        except (OSError, TimeoutError, ValueError):
            log.debug("a control connection broke off", extra=fields(part=self.name))
        finally:
            writer.close()

    def reply(self, line: bytes) -> bytes:
        """Answer one request line with one line of JSON."""
        try:
            request = json.loads(line)
            answer = self._answers[request["do"]]
        except (ValueError, TypeError, KeyError):
            return _error(f"the running instance knows no such request; it knows {', '.join(sorted(self._answers))}")
        try:
            return answer(request)
        except TraybeatError as error:
            return _error(str(error))
        except Exception as error:
            log.exception("a request failed", extra=fields(part=self.name, kind=type(error).__name__))
            return _error(f"the running instance failed: {type(error).__name__}; see its log")


def _error(text: str) -> bytes:
    return json.dumps({"error": text}).encode()
