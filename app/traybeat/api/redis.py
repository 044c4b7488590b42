"""A Redis that may be down or slow: asked with short deadlines, left alone for a while after each failure."""

import logging
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from traybeat.host.logs import fields
from traybeat.model.service import Secret

log = logging.getLogger("traybeat.api")

DEADLINE_SECONDS = 0.25
REST_SECONDS = 15.0

T = TypeVar("T")


class Redis:
    """A Redis at `url`. `monotonic` gives seconds that never go back; `problem` tells what is wrong with it."""

    def __init__(self, url: str, password: Secret | None, monotonic: Callable[[], float]) -> None:
        self.url = url
        self._password = password
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._pool: Any = None
        self._rests_until = 0.0
        self.problem: str | None = None

    def pool(self) -> Any:
        """Give the connections."""
        with self._lock:
            if self._pool is None:
                from redis import ConnectionPool

                secret = {} if self._password is None else {"password": self._password.reveal()}
                self._pool = ConnectionPool.from_url(
                    self.url,
                    socket_timeout=DEADLINE_SECONDS,
                    socket_connect_timeout=DEADLINE_SECONDS,
                    max_connections=16,
                    **secret,
                )
            return self._pool

    def client(self) -> Any:
        """Give a client that tries everything once."""
        from redis import Redis as Client

        return Client(connection_pool=self.pool())

    def attempt(self, doing: str, work: Callable[[], T]) -> T | None:
        """Do something with it; None where that fails, or did so lately."""
        if self._monotonic() < self._rests_until:
            return None
        try:
            done = work()
        except Exception as error:  # noqa: BLE001 (whatever a server in trouble brings the library to)
            self._rest(doing, error)
            return None
        if self.problem is not None:
            log.info("Redis is back", extra=fields(part="redis"))
            self.problem = None
        return done

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            if self._pool is not None:
                self._pool.disconnect()
                self._pool = None

    def _rest(self, doing: str, error: Exception) -> None:
        self._rests_until = self._monotonic() + REST_SECONDS
        kind = type(error).__name__
        if self.problem is None:
            log.warning("Redis fails; going on without", extra=fields(part="redis", doing=doing, kind=kind))
        self.problem = f"Redis failed at {doing} ({kind}); going on without it, trying again every {REST_SECONDS:.0f} s"
