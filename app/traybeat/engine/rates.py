"""Rates: how many requests somebody has made, and whether one more is granted."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from traybeat.host.lean import LIMITS, LIMITS_MANUAL, without

with without(*LIMITS, decorators=LIMITS_MANUAL):
    from limits.limits import RateLimitItem, RateLimitItemPerSecond
    from limits.storage.base import Storage
    from limits.strategies import FixedWindowRateLimiter

MOST_COUNTERS = 10_000
"""Whoever makes addresses up shall not fill our memory: beyond so many, those longest untouched are forgotten."""


class Quota(NamedTuple):
    """So many requests in so many seconds; `name` is told, and keeps quotas apart."""

    name: str
    requests: int
    seconds: int


class Verdict(NamedTuple):
    """Whether a request is granted, how many more would be, and in how many seconds counting begins anew."""

    granted: bool
    remaining: int
    reset: float


class Rates:
    """Counts in this process's memory. `wall` gives Unix time."""

    def __init__(self, wall: Callable[[], float]) -> None:
        self._wall = wall
        self._counters = Counters(wall)
        self._limiter = FixedWindowRateLimiter(self._counters)

    def hit(self, quota: Quota, who: str) -> Verdict:
        """Count a request; any thread may."""
        return hit(self._limiter, quota, who, self._wall())

    def spent(self, quota: Quota, who: str) -> bool:
        """Say whether the next request would not be granted, and count nothing."""
        return not self._limiter.test(_item(quota), quota.name, who)

    def used(self, quota: Quota, who: str) -> Verdict:
        """Say how things stand, and count nothing."""
        return _verdict(self._limiter, quota, who, self._wall(), granted=True)


def hit(limiter: FixedWindowRateLimiter, quota: Quota, who: str, now: float) -> Verdict:
    """Count a request in any store."""
    granted = limiter.hit(_item(quota), quota.name, who)
    return _verdict(limiter, quota, who, now, granted=granted)


def _verdict(limiter: FixedWindowRateLimiter, quota: Quota, who: str, now: float, *, granted: bool) -> Verdict:
    stats = limiter.get_window_stats(_item(quota), quota.name, who)
    return Verdict(granted, stats.remaining, max(0.0, stats.reset_time - now))


def _item(quota: Quota) -> RateLimitItem:
    return RateLimitItemPerSecond(quota.requests, quota.seconds, namespace="traybeat")


class Counters(Storage):
    """A store of limits in memory; the library's own starts a thread for every request."""

    def __init__(self, wall: Callable[[], float]) -> None:
        super().__init__()
        self._wall = wall
        self._lock = threading.Lock()
        self._found: OrderedDict[str, tuple[int, float]] = OrderedDict()

    @property
    def base_exceptions(self) -> type[Exception]:
        """Memory raises nothing."""
        return ArithmeticError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count, beginning anew once the last count has expired."""
        now = self._wall()
        with self._lock:
            count, until = self._found.pop(key, (0, 0.0))
            # A clock that was set back does not lock anybody out for longer than the window is.
            count, until = (count, until) if now < until <= now + expiry else (0, now + expiry)
            self._found[key] = (count + amount, until)
            if len(self._found) > MOST_COUNTERS:
                self._found.popitem(last=False)
            return count + amount

    def get(self, key: str) -> int:
        """Give the count."""
        with self._lock:
            count, until = self._found.get(key, (0, 0.0))
        return count if self._wall() < until else 0

    def get_expiry(self, key: str) -> float:
        """Give the Unix time at which the count expires."""
        with self._lock:
            return self._found.get(key, (0, self._wall()))[1]

    def check(self) -> bool:
        """Say that memory is well."""
        return True

    def reset(self) -> int:
        """Forget all counts; gives how many there were."""
        with self._lock:
            count = len(self._found)
            self._found.clear()
        return count

    def clear(self, key: str) -> None:
        """Forget one count."""
        with self._lock:
            self._found.pop(key, None)
