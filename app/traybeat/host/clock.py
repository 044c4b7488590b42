"""The real clocks."""

import sys
import time
from collections.abc import Callable

if sys.platform == "win32":
    import ctypes

    def slept() -> float:
        """Give for how many seconds the machine has slept since some moment: what one clock has and another has not."""
        unbiased = ctypes.c_ulonglong()
        ctypes.windll.kernel32.QueryUnbiasedInterruptTime(ctypes.byref(unbiased))
        return time.perf_counter() - unbiased.value / 1e7

    def _sleepless() -> Callable[[], float]:
        """Pick the performance counter, which goes on while the machine sleeps.

        Python's monotonic clock is the same from 3.13 on; before, it ticks only 64 times a second.
        """
        return time.perf_counter

else:
    # What stops while the machine sleeps: on Linux the monotonic clock, on macOS the one named after that.
    _WAKING = getattr(time, "CLOCK_UPTIME_RAW", time.CLOCK_MONOTONIC)

    def slept() -> float:
        """Give for how many seconds the machine has slept since some moment: what one clock has and another has not."""
        return _sleepless()() - time.clock_gettime(_WAKING)

    def _sleepless() -> Callable[[], float]:
        """Pick the clock that goes on while the machine sleeps.

        Linux stops CLOCK_MONOTONIC in suspend and has CLOCK_BOOTTIME for this; macOS' CLOCK_MONOTONIC goes on.
        """
        identity = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
        return lambda: time.clock_gettime(identity)


def uptime() -> float:
    """Give for how many seconds the machine has been up, its sleep included."""
    return _sleepless()()


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
