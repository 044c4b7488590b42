"""The one gate in front of everything that listens: Host, then Origin, then credentials."""

import base64
import binascii
import hmac
import ipaddress
import json
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any

from traybeat.model.service import Secret

Message = MutableMapping[str, Any]
App = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]

_SECURITY = (
    (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)


@dataclass(frozen=True, slots=True)
class Keys:
    """What opens the gate: a user name and password (basic), a token (bearer), or either; with neither it is open."""

    username: str | None = None
    password: Secret | None = None
    token: Secret | None = None

    @property
    def required(self) -> bool:
        """Whether anything must be presented."""
        return self.password is not None or self.token is not None

    def fit(self, authorization: str) -> bool:
        """Say whether an Authorization header opens the gate, in a time that tells nothing about the keys."""
        scheme, _, rest = authorization.partition(" ")
        given = rest.strip()
        if scheme.lower() == "bearer" and self.token is not None:
            return _same(given, self.token.reveal())
        if scheme.lower() == "basic" and self.password is not None:
            try:
                user, _, password = base64.b64decode(given, validate=True).decode().partition(":")
            except (binascii.Error, UnicodeDecodeError):
                return False
            right_user = _same(user, self.username or "")
            return _same(password, self.password.reveal()) and right_user
        return False

    @property
    def challenge(self) -> bytes:
        """The WWW-Authenticate header that says what is expected."""
        schemes = []
        if self.token is not None:
            schemes.append(b'Bearer realm="traybeat"')
        if self.password is not None:
            schemes.append(b'Basic realm="traybeat", charset="UTF-8"')
        return b", ".join(schemes)


def _same(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode(), right.encode())


@dataclass(frozen=True, slots=True)
class Policy:
    """What a listener's gate lets through. `setting` names the section of the settings in its messages."""

    setting: str
    hosts: frozenset[str]
    keys: Keys = Keys()
    open_paths: frozenset[str] = frozenset()


def policy_hosts(own_name: str, named: Iterable[str]) -> frozenset[str]:
    """Give the names a Host header may hold: this machine's own, localhost, and those the settings name."""
    own = own_name.lower()
    return frozenset({"localhost", own, own.partition(".")[0], *(name.lower().rstrip(".") for name in named)}) - {""}


def hostname(host: str) -> str:
    """Give a Host header's name without its port: `[::1]:9100` is `::1`."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    name, _, port = host.rpartition(":")
    return (name if name and port.isdigit() else host).lower().rstrip(".")


def welcome(host: str, hosts: frozenset[str]) -> bool:
    """Say whether a Host header names us.

    A name that is not ours may have been pointed here by somebody's DNS so that a browser's page can read us (DNS
    rebinding). An address can't be pointed anywhere, so every address is welcome.
    """
    name = hostname(host)
    if name in hosts:
        return True
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return True


class Gate:
    """An ASGI application in front of another; refuses with problem documents (RFC 9457) that say what to do."""

    def __init__(self, app: App, policy: Policy) -> None:
        self.policy = policy
        self._app = app

    async def __call__(self, scope: Message, receive: Any, send: Callable[[Message], Awaitable[None]]) -> None:
        """Let a request through or answer it here."""
        if scope["type"] != "http":  # a listener that has no WebSocket is asked for none
            return
        headers = _unique(scope["headers"])

        async def hardened(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *_SECURITY, _date()]
            await send(message)

        refusal = self._refuse(scope, headers)
        if refusal is None:
            await self._app(scope, receive, hardened)
        else:
            await refuse(refusal, hardened)

    def _refuse(self, scope: Message, headers: dict[bytes, bytes | None]) -> "Refusal | None":
        policy = self.policy
        host = _text(headers.get(b"host"))
        if not host or not welcome(host, policy.hosts):
            told = f"This machine does not go by that name. To allow it, add it to {policy.setting}.hosts."
            return Refusal(421, "Misdirected Request", told)
        if b"origin" in headers and _text(headers[b"origin"]).partition("://")[2] != host:
            return Refusal(403, "Forbidden", "Requests from pages of other sites are refused.")
        if policy.keys.required and scope["path"] not in policy.open_paths:
            given = _text(headers.get(b"authorization"))
            if not given or not policy.keys.fit(given):
                told = f"Present what {policy.setting}.credentials asks for."
                return Refusal(401, "Unauthorized", told, ((b"www-authenticate", policy.keys.challenge),))
        return None


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that refuses."""

    status: int
    title: str
    detail: str
    headers: tuple[tuple[bytes, bytes], ...] = ()


async def refuse(refusal: Refusal, send: Callable[[Message], Awaitable[None]]) -> None:
    """Send a refusal as a problem document (RFC 9457)."""
    problem = {"type": "about:blank", "title": refusal.title, "status": refusal.status, "detail": refusal.detail}
    body = json.dumps(problem).encode() + b"\n"
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        *refusal.headers,
    ]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _unique(headers: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes | None]:
    """Index headers by name; one that is there twice counts as unreadable, as readers differ on which one holds."""
    found: dict[bytes, bytes | None] = {}
    for name, value in headers:
        found[name] = None if name in found else value
    return found


def _text(value: bytes | None) -> str:
    return value.decode("latin-1") if value is not None else ""


def _date() -> tuple[bytes, bytes]:
    return b"date", formatdate(time.time(), usegmt=True).encode()
