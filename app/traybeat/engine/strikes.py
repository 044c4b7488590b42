"""Failed attempts to get in, counted by where they come from."""

import math

from traybeat.engine.rates import Quota, Rates
from traybeat.engine.refusal import Refusal

FAILURES = Quota("failures", 30, 60)


def strike(refusal: Refusal, rates: Rates, peer: str) -> Refusal:
    """Count a failure; gives the refusal to answer with, which says to slow down where there were too many."""
    verdict = rates.hit(FAILURES, peer)
    return refusal if verdict.granted else too_many("Too many requests without a key that fits", verdict.reset)


def too_many(reason: str, seconds: float) -> Refusal:
    """Refuse for a while."""
    wait = max(1, math.ceil(seconds))
    return Refusal(429, "Too Many Requests", f"{reason}; try again in {wait} s.", ((b"retry-after", b"%d" % wait),))
