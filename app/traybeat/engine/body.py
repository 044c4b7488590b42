"""Bodies, read whole before anybody sees them: within bounds of size and of time."""

import asyncio
import contextlib

from traybeat.engine.refusal import Message, Receive, Refusal

LARGEST = 1_000_000
PATIENCE_SECONDS = 20.0
TYPES = frozenset({"application/json", "application/merge-patch+json"})

TOO_LARGE = Refusal(413, "Content Too Large", f"A body may have {LARGEST} bytes.", ((b"connection", b"close"),))
TOO_SLOW = Refusal(
    408, "Request Timeout", f"The body did not come within {PATIENCE_SECONDS:.0f} s.", ((b"connection", b"close"),)
)
NOT_JSON = Refusal(415, "Unsupported Media Type", "Send JSON, with Content-Type: application/json, not compressed.")


class GoneError(Exception):
    """Whoever sent the body has gone."""


def refused(headers: dict[bytes, bytes | None]) -> Refusal | None:
    """Refuse a body by what its header says, before any of it is read."""
    length = headers.get(b"content-length", b"")
    if length is None or not (length == b"" or length.isdigit()):
        return Refusal(400, "Bad Request", "Content-Length can't be read.")
    if length and int(length) > LARGEST:
        return TOO_LARGE
    if (not length and b"transfer-encoding" not in headers) or length == b"0":
        return None
    kind = (headers.get(b"content-type") or b"").decode("latin-1").partition(";")[0].strip().lower()
    return NOT_JSON if kind not in TYPES or headers.get(b"content-encoding", b"identity") != b"identity" else None


async def read(receive: Receive, largest: int = LARGEST, seconds: float = PATIENCE_SECONDS) -> bytes | Refusal:
    """Read a body; raises GoneError."""
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(seconds):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise GoneError
                part = message.get("body", b"")
                size += len(part)
                if size > largest:
                    if message.get("more_body"):
                        await drain(receive)
                    return TOO_LARGE
                parts.append(part)
                if not message.get("more_body"):
                    return b"".join(parts)
    except TimeoutError:
        return TOO_SLOW


async def drain(receive: Receive, most: int = 8 * LARGEST, seconds: float = 5.0) -> None:
    """Take what is still coming and forget it, within bounds.

    Who is still sending reads no answer, and a connection that is closed with something unread is reset before the
    answer has been read.
    """
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while most > 0:
                message = await receive()
                most -= len(message.get("body", b""))
                if message["type"] == "http.disconnect" or not message.get("more_body"):
                    return


def replay(body: bytes, receive: Receive) -> Receive:
    """Give the body, once, to an application that expects to receive it."""
    pending = [body]

    async def again() -> Message:
        if pending:
            return {"type": "http.request", "body": pending.pop(), "more_body": False}
        return await receive()

    return again
