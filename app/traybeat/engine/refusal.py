"""Answers that refuse: problem documents (RFC 9457) that say what to do and tell nothing of the inside."""

import json
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
App = Callable[[Message, Receive, Send], Awaitable[None]]
Headers = tuple[tuple[bytes, bytes], ...]

SECURITY: Headers = (
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)
NOTHING = b"default-src 'none'; frame-ancestors 'none'"
"""The content policy of an answer that is no page."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that refuses. `errors` tell of each field that is wrong: its `path`, and what is wrong in `detail`."""

    status: int
    title: str
    detail: str
    headers: Headers = ()
    errors: Sequence[dict[str, str]] = ()

    def body(self) -> bytes:
        """Write the problem document."""
        problem: dict[str, object] = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.errors:
            problem["errors"] = list(self.errors)
        return json.dumps(problem).encode() + b"\n"


async def refuse(refusal: Refusal, send: Send, kind: str = "http") -> None:
    """Send a refusal; to what wants to become a WebSocket (`kind` websocket), before it is one."""
    body = refusal.body()
    start = "http.response" if kind == "http" else "websocket.http.response"
    await send({"type": f"{start}.start", "status": refusal.status, "headers": list(described(refusal, body))})
    await send({"type": f"{start}.body", "body": body})


def described(refusal: Refusal, body: bytes) -> Headers:
    """Give the headers of a refusal and its body."""
    return (
        (b"content-type", b"application/problem+json"),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
        *refusal.headers,
    )
