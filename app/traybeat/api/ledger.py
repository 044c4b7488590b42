"""Counts requests: in memory, or in a Redis that several agents share; where that fails, in memory meanwhile."""

import asyncio
import logging
import threading
from collections.abc import Callable
from typing import Any

from traybeat.api.redis import Redis
from traybeat.engine.rates import Quota, Rates, Verdict, hit
from traybeat.host.logs import fields

log = logging.getLogger("traybeat.api")


class Ledger:
    """Counts by `local` in memory; `redis` is asked first where it is set and well. `wall` gives Unix time."""

    def __init__(self, local: Rates, wall: Callable[[], float]) -> None:
        self.local = local
        self._wall = wall
        self._lock = threading.Lock()
        self._redis: Redis | None = None
        self._limiter: Any = None

    def use(self, redis: Redis | None) -> None:
        """Count there from now on; None to count in memory alone."""
        with self._lock:
            self._redis, self._limiter = redis, None

    async def hit(self, quota: Quota, who: str) -> Verdict:
        """Count a request."""
        if self._redis is None:
            return self.local.hit(quota, who)
        verdict = await asyncio.to_thread(self._shared, quota, who)
        return verdict or self.local.hit(quota, who)

    def _shared(self, quota: Quota, who: str) -> Verdict | None:
        redis = self._redis
        if redis is None:
            return None
        return redis.attempt("counting requests", lambda: hit(self._made(redis), quota, who, self._wall()))

    def _made(self, redis: Redis) -> Any:
        with self._lock:
            if self._limiter is None:
                import importlib.resources  # noqa: F401 (limits was imported without)

                from limits.storage.redis import RedisStorage
                from limits.strategies import FixedWindowRateLimiter

                storage = RedisStorage(redis.url, connection_pool=redis.pool(), key_prefix="traybeat")
                self._limiter = FixedWindowRateLimiter(storage)
                log.info("requests are counted in Redis", extra=fields(part="limits"))
            return self._limiter
