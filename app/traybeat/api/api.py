"""The API and the dashboard as a part that lives by the settings."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

from traybeat.api.cache import Cache
from traybeat.api.guard import ApiGuard, Doors
from traybeat.api.redis import Redis
from traybeat.engine.gate import Gate, Policy
from traybeat.engine.hosts import among, networks, policy_hosts
from traybeat.engine.listening import address_faults, pair, tls_faults
from traybeat.engine.refusal import App, Message, Receive, Refusal, Send, refuse
from traybeat.engine.site import Endpoint, Manner, Rhythm, Site
from traybeat.host.scalars import shown
from traybeat.model.errors import Fault, SecretMissingError
from traybeat.model.service import Secrets
from traybeat.model.settings import Dashboard, Settings

CONTENT_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self';"
    b" connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
SCHEMES = ("redis://", "rediss://", "unix://")


class Late:
    """An ASGI application that is built when it is first asked: an agent that nobody asks stays smaller."""

    def __init__(self) -> None:
        self.build: Callable[[], App] | None = None
        self._lock = asyncio.Lock()
        self._app: App | None = None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Hand on."""
        async with self._lock:
            if self._app is None and self.build is not None:
                self._app = await asyncio.to_thread(self.build)
        if self._app is None:
            await refuse(Refusal(503, "Service Unavailable", "Traybeat is starting."), send, scope["type"])
        else:
            await self._app(scope, receive, send)


class Api:
    """Owns the listener of the dashboard and the API; checks and applies both sections of the settings."""

    def __init__(
        self,
        app: Any,
        doors: Doors,
        cache: Cache,
        secrets: Secrets,
        own_name: str,
        settings: Settings,
        monotonic: Callable[[], float],
        rhythm: Rhythm,
    ) -> None:
        self._doors = doors
        self._cache = cache
        self._secrets = secrets
        self._own_name = own_name
        self._monotonic = monotonic
        self._options = settings.api
        self._redis: Redis | None = None
        self._gate = Gate(app, self._policy(settings))
        manner = Manner(live=True, trusted=lambda peer: among(peer, self._gate.policy.proxies))
        self.site = Site("dashboard", self._gate, endpoint(settings.dashboard), rhythm, manner)
        self._store(settings)

    @property
    def problem(self) -> str | None:
        """What is wrong with the Redis, where one is set and something is."""
        return self._redis.problem if self._redis else None

    def check(self, new: Settings) -> tuple[Fault, ...]:
        """Say what can't be: an open door to the network, half a pair, an address that is none."""
        return tuple(faults(new, self._secrets))

    def apply(self, old: Settings, new: Settings) -> None:
        """Move the listener, change who may come in, or where is counted and kept."""
        self._options = new.api
        if new.dashboard != old.dashboard or new.api != old.api:
            self._gate.policy = self._policy(new)
            self.site.configure(endpoint(new.dashboard))
        if new.api != old.api:
            self._store(new)

    def _policy(self, settings: Settings) -> Policy:
        return Policy(
            "dashboard",
            policy_hosts(self._own_name, settings.dashboard.hosts),
            ApiGuard(self._doors, lambda: self._options.requests_per_hour),
            frozenset(settings.dashboard.origins),
            networks(settings.api.trusted_proxies),
            CONTENT_POLICY,
        )

    def _store(self, settings: Settings) -> None:
        before, options = self._redis, settings.api
        self._redis = None
        if options.redis_url is not None:
            password = self._secrets.get(options.redis_password.secret) if options.redis_password else None
            self._redis = Redis(options.redis_url, password, self._monotonic)
        self._doors.ledger.use(self._redis)
        self._cache.use(self._redis, options.cache_seconds)
        if before is not None:
            before.close()


def endpoint(options: Dashboard) -> Endpoint | None:
    """Give where to listen; None where the dashboard is off."""
    return Endpoint(options.address, options.port, pair(options.tls)) if options.enabled else None


def faults(settings: Settings, secrets: Secrets) -> Iterator[Fault]:
    """Find everything in the two sections that is wrong beyond its type."""
    options = settings.dashboard
    if options.enabled:
        guarded = pair(options.tls) is not None or options.allow_unencrypted
        yield from address_faults("dashboard", options.address, None if guarded else lambda: _exposed(options))
        yield from tls_faults("dashboard", options.tls)
    for place, origin in enumerate(options.origins):
        scheme, _, rest = origin.partition("://")
        if scheme not in {"http", "https"} or not rest or "/" in rest or "*" in rest:
            yield Fault(f"dashboard.origins[{place}]", shown(origin), "an origin such as https://wall.example.org")
    for place, proxy in enumerate(settings.api.trusted_proxies):
        try:
            networks((proxy,))
        except ValueError:
            yield Fault(f"api.trusted_proxies[{place}]", shown(proxy), "an address, or a network such as 10.0.0.0/24")
    yield from _redis(settings, secrets)


def _exposed(options: Dashboard) -> Fault:
    return Fault(
        "dashboard.address",
        f"{options.address}, which the network can reach, without encryption",
        "127.0.0.1, or dashboard.tls set, or dashboard.allow_unencrypted: true",
    )


def _redis(settings: Settings, secrets: Secrets) -> Iterator[Fault]:
    options = settings.api
    if options.redis_url is None:
        return
    if not options.redis_url.startswith(SCHEMES):
        yield Fault("api.redis_url", shown(options.redis_url), "a URL such as redis://127.0.0.1:6379/0")
    elif "@" in options.redis_url:
        expected = "none in it: keep the password as a secret, and name that in api.redis_password"
        yield Fault("api.redis_url", "a URL with a password", expected)
    try:
        import redis  # noqa: F401 (only whether it is there)
    except ImportError:
        yield Fault("api.redis_url", "no Redis library", "`pip install traybeat[redis]` first, or no redis_url")
    if options.redis_password is not None:
        try:
            secrets.get(options.redis_password.secret)
        except SecretMissingError as error:
            yield Fault("api.redis_password", f"{{secret: {options.redis_password.secret}}}", str(error))
