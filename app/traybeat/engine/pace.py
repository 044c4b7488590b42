"""How often to collect, given what the agent itself costs: over its limits it goes slower, and later faster again."""

from collections import deque
from typing import NamedTuple

from traybeat.model.settings import Limits

SLOWEST = 8
SLOWEST_FOR_MEMORY = 2  # going slower makes a process hardly smaller
WINDOW_SECONDS = 60.0
_RECOVERY = 0.8


class Cost(NamedTuple):
    """What the agent used: percent of one core over the last tick, and megabytes (10^6 bytes) of resident memory."""

    time: float
    cpu_percent: float
    memory_mb: float


class Pace:
    """Stretches all intervals by 1, 2, 4 or 8, for memory alone by 2; decided once for each full minute of costs.

    On battery, as `discharging` says, by what the limits say for that on top of it.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.discharging = False
        self._slowed = 1
        self._costs: deque[Cost] = deque()

    @property
    def stretch(self) -> int:
        """By what all intervals are stretched now."""
        return self._slowed * (self.limits.battery_stretch if self.discharging else 1)

    def weigh(self, cost: Cost) -> str | None:
        """Take one more cost in; give `slower` or `faster` when the pace changed, else None.

        Slower: a whole minute over a limit (for the processor: on average). Faster: a whole minute in which twice the
        processor time would still be below four fifths of its limit, and memory is below its own.
        """
        self._costs.append(cost)
        if cost.time - self._costs[0].time < WINDOW_SECONDS:
            return None
        cpu = sum(one.cpu_percent for one in self._costs) / len(self._costs)
        least = min(one.memory_mb for one in self._costs)
        most = max(one.memory_mb for one in self._costs)
        self._costs.clear()
        slowest = SLOWEST if cpu > self.limits.cpu_percent else SLOWEST_FOR_MEMORY
        if (cpu > self.limits.cpu_percent or least > self.limits.memory_mb) and self._slowed < slowest:
            self._slowed *= 2
            return "slower"
        if self._slowed > 1 and 2 * cpu < _RECOVERY * self.limits.cpu_percent and most < self.limits.memory_mb:
            self._slowed //= 2
            return "faster"
        return None
