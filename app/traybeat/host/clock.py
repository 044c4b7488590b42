"""The real clocks."""

import time
from collections.abc import Callable


def _sleepless() -> Callable[[], float]:
    """Pick the clock that goes on while the machine sleeps.

    Linux stops CLOCK_MONOTONIC in suspend and has CLOCK_BOOTTIME for this; macOS' CLOCK_MONOTONIC and Windows'
    monotonic clock go on.
    """
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    identity = boottime if boottime is not None else getattr(time, "CLOCK_MONOTONIC", None)
    if identity is None:
        return time.monotonic
    return lambda: time.clock_gettime(identity)


class SystemClock:
    """The operating system's time."""

    def __init__(self) -> None:
        self._sleepless = _sleepless()

    def wall(self) -> float:
        """Give Unix time in seconds; may jump."""
        return time.time()

    def monotonic(self) -> float:
        """Give seconds that never go back and go on while the machine sleeps."""
        return self._sleepless()
