"""Answers about the past, kept for a while: in memory up to a number of bytes, or in Redis."""

import threading
from collections import OrderedDict
from collections.abc import Callable

from traybeat.api.redis import Redis

MOST_BYTES = 2_000_000
LARGEST = 1_000_000


class Cache:
    """Keeps bytes by key for so many seconds; what was asked for longest ago goes first.

    `prefix` keeps several agents apart that share a Redis.
    """

    def __init__(self, monotonic: Callable[[], float], prefix: str = "", most: int = MOST_BYTES) -> None:
        self._monotonic = monotonic
        self._prefix = f"traybeat:{prefix}:"
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._size = 0
        self._redis: Redis | None = None
        self.seconds = 300.0

    def use(self, redis: Redis | None, seconds: float) -> None:
        """Keep there from now on; None to keep in memory."""
        self._redis, self.seconds = redis, seconds
        self.clear()

    def get(self, key: str) -> bytes | None:
        """Give what is kept."""
        redis = self._redis
        if redis is not None:
            found: bytes | None = redis.attempt("reading an answer", lambda: redis.client().get(f"{self._prefix}{key}"))
            if found is not None:
                return found
        now = self._monotonic()
        with self._lock:
            until, value = self._kept.get(key, (0.0, b""))
            if until <= now:
                self._drop(key)
                return None
            self._kept.move_to_end(key)
            return value

    def put(self, key: str, value: bytes) -> None:
        """Keep something."""
        if not self.seconds or len(value) > LARGEST:
            return
        redis = self._redis
        if redis is not None:
            milliseconds = int(self.seconds * 1000)
            done = redis.attempt(
                "keeping an answer", lambda: redis.client().set(f"{self._prefix}{key}", value, px=milliseconds)
            )
            if done:
                return
        with self._lock:
            self._drop(key)
            self._kept[key] = (self._monotonic() + self.seconds, value)
            self._size += len(value)
            while self._size > self._most:
                self._drop(next(iter(self._kept)))

    def clear(self) -> None:
        """Forget what is in memory."""
        with self._lock:
            self._kept.clear()
            self._size = 0

    def _drop(self, key: str) -> None:
        gone = self._kept.pop(key, None)
        if gone is not None:
            self._size -= len(gone[1])
