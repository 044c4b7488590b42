"""When to try a message again."""

from collections.abc import Callable

FIRST_SECONDS = 10.0
LONGEST_SECONDS = 3600.0
PATIENCE_SECONDS = 86_400.0


def next_delay(
    attempts: int, waited: float, retry_after: float | None, random: Callable[[], float], most: float = PATIENCE_SECONDS
) -> float | None:
    """Give the seconds until the next attempt after so many failed ones; None once a day has been waited in all.

    Doubles from ten seconds to an hour, a quarter more or less by `random` (0 to 1), and is never shorter than the
    other side asked for. What it asks for beyond a day is not granted.
    """
    delay = min(FIRST_SECONDS * 2.0 ** min(attempts - 1, 30), LONGEST_SECONDS) * (0.75 + random() / 2)
    if retry_after is not None:
        delay = max(delay, min(retry_after, most))
    return delay if waited + delay <= most else None
