"""How each collector fares; kept by the sampler, read by whoever tells."""

import threading
from dataclasses import dataclass, field, replace

FAILURES_UNTIL_UNHEALTHY = 3


@dataclass(frozen=True, slots=True)
class Health:
    """A collector's state. Times are Unix seconds, durations seconds; `no_data` says that the machine has none.

    `beat` is on the clock that never goes back: when the collector last came back, well or not.
    """

    collector: str
    interval: float
    last_success: float | None = None
    duration: float | None = None
    errors: int = 0
    failures_in_a_row: int = 0
    last_error: str | None = None
    no_data: bool = False
    beat: float = 0.0
    dropped: dict[str, int] = field(default_factory=dict)

    def stuck(self, now: float, stretch: float) -> bool:
        """Say whether it has not come back for far longer than its interval, by the clock that never goes back."""
        return now - self.beat > max(5 * self.interval * stretch, 30.0) and not self.no_data

    @property
    def failing(self) -> bool:
        """Whether it failed often enough in a row to be called unhealthy; one success heals it."""
        return self.failures_in_a_row >= FAILURES_UNTIL_UNHEALTHY


class Wards:
    """The health of every collector that runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._all: dict[str, Health] = {}

    def admit(self, collector: str, interval: float, now: float) -> None:
        """Begin with a collector; counts of an earlier one of that name go on."""
        with self._lock:
            before = self._all.get(collector, Health(collector, interval))
            self._all[collector] = replace(before, interval=interval, beat=now, failures_in_a_row=0)

    def dismiss(self, collector: str) -> None:
        """Forget a collector that was switched off."""
        with self._lock:
            self._all.pop(collector, None)

    def update(self, collector: str, **changes: object) -> Health | None:
        """Change some fields of a collector's health; None where it was dismissed meanwhile."""
        with self._lock:
            health = self._all.get(collector)
            if health is not None:
                health = self._all[collector] = replace(health, **changes)  # type: ignore[arg-type]
            return health

    def get(self, collector: str) -> Health | None:
        """Give one collector's health."""
        with self._lock:
            return self._all.get(collector)

    def all(self) -> tuple[Health, ...]:
        """Give every collector's health, by name."""
        with self._lock:
            return tuple(self._all[name] for name in sorted(self._all))
