"""The one gate in front of everything that listens: Host, then Origin, then credentials and limits, then the body."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.utils import formatdate
from typing import NamedTuple, Protocol

from traybeat.engine import body
from traybeat.engine.hosts import Network, peer, welcome
from traybeat.engine.principal import PEER, PRINCIPAL, Principal
from traybeat.engine.refusal import SECURITY, App, Headers, Message, Receive, Refusal, Send, refuse

PLAIN_PAGES = b"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_METHODS = b"GET, HEAD, POST, PUT, PATCH, DELETE"
_CROSS_SITE = Refusal(403, "Forbidden", "Requests from pages of other sites are refused.")


class Request(NamedTuple):
    """What a guard sees of a request; a header that came twice is None. `peer` is the address of who asks."""

    kind: str
    method: str
    path: str
    headers: dict[bytes, bytes | None]
    peer: str


class Admission(NamedTuple):
    """Somebody may come in. `headers` are told with the answer; `largest` is how large a body may be."""

    principal: Principal | None = None
    headers: Headers = ()
    largest: int = body.LARGEST


class Guard(Protocol):
    """Decides who may come in, by credentials and limits."""

    async def admit(self, request: Request) -> Admission | Refusal:
        """Let a request in or refuse it."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What a listener's gate lets through. `setting` names the section of the settings in its messages.

    `origins` are other sites whose pages may ask; `proxies` are believed when they say for whom they ask.
    """

    setting: str
    hosts: frozenset[str]
    guard: Guard
    origins: frozenset[str] = frozenset()
    proxies: Sequence[Network] = ()
    content_policy: bytes = PLAIN_PAGES


class Gate:
    """An ASGI application in front of another; refuses with problem documents (RFC 9457) that say what to do."""

    def __init__(self, app: App, policy: Policy) -> None:
        self.policy = policy
        self._app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Let a request through or answer it here."""
        kind = scope["type"]
        if kind not in {"http", "websocket"}:
            return
        headers = unique(scope["headers"])
        told = [*SECURITY, (b"content-security-policy", self.policy.content_policy)]

        async def hardened(message: Message) -> None:
            if message["type"].endswith("http.response.start"):
                message["headers"] = [*message.get("headers", ()), *told, _date()]
            await send(message)

        request = self._request(scope, headers)
        refusal = self._refuse(request)
        told += self._shared(headers)
        if refusal is None and request.method == "OPTIONS" and text(headers.get(b"origin")) in self.policy.origins:
            await _preflight(hardened)
            return
        if refusal is None:
            refusal = await self._enter(request, scope, receive, hardened, told)
        if refusal is not None:
            await refuse(refusal, hardened, kind)

    async def _enter(
        self, request: Request, scope: Message, receive: Receive, send: Send, told: list[tuple[bytes, bytes]]
    ) -> Refusal | None:
        """Let a request in whose header is in order; gives why not."""
        admission = await self.policy.guard.admit(request)
        if isinstance(admission, Refusal):
            return admission
        told += admission.headers
        scope[PRINCIPAL], scope[PEER] = admission.principal, request.peer
        if request.kind == "http" and request.method not in SAFE:
            try:
                if (refusal := body.refused(request.headers)) is not None:
                    await body.drain(receive)
                    return refusal
                content = await body.read(receive, admission.largest)
            except body.GoneError:
                return None
            if isinstance(content, Refusal):
                return content
            receive = body.replay(content, receive)
        await self._app(scope, receive, send)
        return None

    def _request(self, scope: Message, headers: dict[bytes, bytes | None]) -> Request:
        client = scope.get("client")
        forwarded = text(headers.get(b"x-forwarded-for"))
        who = peer(client[0] if client else "", forwarded, self.policy.proxies)
        return Request(scope["type"], scope.get("method", "GET"), scope["path"], headers, who)

    def _refuse(self, request: Request) -> Refusal | None:
        policy, headers = self.policy, request.headers
        host = text(headers.get(b"host"))
        if not host or not welcome(host, policy.hosts):
            told = f"This machine does not go by that name. To allow it, add it to {policy.setting}.hosts."
            return Refusal(421, "Misdirected Request", told)
        origin = headers.get(b"origin", b"")
        if b"origin" in headers:
            if text(origin) in policy.origins or text(origin).partition("://")[2] == host:
                return None
            return _CROSS_SITE
        if text(headers.get(b"sec-fetch-site")) in {"cross-site", "same-site"} and not _visit(request):
            return _CROSS_SITE
        return None

    def _shared(self, headers: dict[bytes, bytes | None]) -> Headers:
        """Tell a page of a site that the settings name that it may read the answer."""
        if not self.policy.origins:
            return ()
        origin = headers.get(b"origin")
        vary = ((b"vary", b"Origin"),)
        if origin is None or text(origin) not in self.policy.origins:
            return vary
        exposed = b"ETag, RateLimit, RateLimit-Policy, Retry-After"
        return (*vary, (b"access-control-allow-origin", origin), (b"access-control-expose-headers", exposed))


def _visit(request: Request) -> bool:
    """Say whether somebody follows a link to a page here, which no other page can read."""
    navigates = text(request.headers.get(b"sec-fetch-mode")) == "navigate"
    return navigates and request.method == "GET" and text(request.headers.get(b"sec-fetch-dest")) == "document"


async def _preflight(send: Send) -> None:
    headers = [
        (b"access-control-allow-methods", _METHODS),
        (b"access-control-allow-headers", b"Authorization, Content-Type, If-Match, If-None-Match"),
        (b"access-control-max-age", b"600"),
        (b"content-length", b"0"),
    ]
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def unique(headers: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes | None]:
    """Index headers by name; one that is there twice counts as unreadable, as readers differ on which one holds."""
    found: dict[bytes, bytes | None] = {}
    for name, value in headers:
        found[name] = None if name in found else value
    return found


def text(value: bytes | None) -> str:
    """Give a header's text; nothing where there is none that can be read."""
    return value.decode("latin-1") if value is not None else ""


def _date() -> tuple[bytes, bytes]:
    return b"date", formatdate(time.time(), usegmt=True).encode()
