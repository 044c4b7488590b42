"""Who may use the API: the holders of keys, and the program's own window."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from traybeat.api.ledger import Ledger
from traybeat.engine.gate import SAFE, Admission, Request, text
from traybeat.engine.keys import Keyring
from traybeat.engine.principal import Principal, Scope
from traybeat.engine.rates import Quota, Verdict
from traybeat.engine.refusal import Headers, Refusal
from traybeat.engine.sessions import Sessions
from traybeat.engine.strikes import strike, too_many

SESSION_PATH = "/api/session"
LIVE_PATH = "/api/live"
OPEN_PATHS = frozenset({"/healthz", "/readyz", "/api/docs", "/api/docs.css", "/api/openapi.json"})
LARGEST_UNKNOWN = 4096
"""How many bytes somebody without a key may send: a code."""
HOUR = 3600
WINDOW = Quota("window", 36_000, HOUR)
OPEN = Quota("open", 6_000, 60)
_CHALLENGE = ((b"www-authenticate", b'Bearer realm="traybeat"'),)
_NO_KEY = Refusal(
    401,
    "Unauthorized",
    "Present a key: Authorization: Bearer KEY. `traybeat key create NAME --scope viewer` makes one.",
    _CHALLENGE,
)
_WRONG_KEY = Refusal(401, "Unauthorized", "This key is not known: it was revoked, or has expired.", _CHALLENGE)
_READ_ONLY = Refusal(403, "Forbidden", "This key may only read; what changes something needs one of scope admin.")


@dataclass(frozen=True, slots=True)
class Doors:
    """Everything that lets people in, and counts them."""

    keyring: Keyring
    sessions: Sessions
    ledger: Ledger

    def holder(self, key: str) -> Principal | None:
        """Say whose key or token that is."""
        return self.keyring.holder(key) or self.sessions.holder(key)


@dataclass(frozen=True, slots=True)
class ApiGuard:
    """Lets the API's requests in by key and scope, counts them, and leaves the dashboard's files open to all."""

    doors: Doors
    requests_per_hour: Callable[[], int]

    async def admit(self, request: Request) -> Admission | Refusal:
        """Let a request in or refuse it."""
        if not request.path.startswith("/api/") or request.path in OPEN_PATHS:
            return await self._open(request)
        if request.path == SESSION_PATH and request.method == "POST":
            return await self._open(request)
        if request.kind == "websocket" and request.path == LIVE_PATH:
            return await self._open(request)  # the first message carries the key
        return await self._keyed(request)

    async def _open(self, request: Request) -> Admission | Refusal:
        verdict = await self.doors.ledger.hit(OPEN, request.peer)
        if not verdict.granted:
            return too_many("Too many requests from one address", verdict.reset)
        return Admission(largest=LARGEST_UNKNOWN)

    async def _keyed(self, request: Request) -> Admission | Refusal:
        scheme, _, key = text(request.headers.get(b"authorization")).partition(" ")
        principal = self.doors.holder(key.strip()) if scheme.lower() == "bearer" else None
        if principal is None:
            return strike(_WRONG_KEY if key else _NO_KEY, self.doors.ledger.local, request.peer)
        quota, verdict = await self._count(principal)
        told = rate_headers(quota, verdict)
        if not verdict.granted:
            refusal = too_many("This key has made all its requests", verdict.reset)
            return Refusal(429, refusal.title, refusal.detail, (*refusal.headers, *told))
        if principal.kind == "key" and self.doors.keyring.used(principal.name):
            await asyncio.to_thread(self.doors.keyring.note, principal.name)
        if request.method not in SAFE and principal.scope < Scope.ADMIN:
            return Refusal(403, _READ_ONLY.title, _READ_ONLY.detail, told)
        return Admission(principal, told)

    async def _count(self, principal: Principal) -> tuple[Quota, Verdict]:
        if principal.kind == "window":  # each agent's own: in a Redis that agents share, all are called the same
            return WINDOW, self.doors.ledger.local.hit(WINDOW, principal.name)
        quota = Quota("hour", self.requests_per_hour(), HOUR)
        return quota, await self.doors.ledger.hit(quota, principal.name)


def rate_headers(quota: Quota, verdict: Verdict) -> Headers:
    """Tell how many requests are left: draft-ietf-httpapi-ratelimit-headers."""
    policy = f'"{quota.name}";q={quota.requests};w={quota.seconds}'
    left = f'"{quota.name}";r={verdict.remaining};t={max(0, round(verdict.reset))}'
    return ((b"ratelimit-policy", policy.encode()), (b"ratelimit", left.encode()))
