"""Fakes that several tests hand in."""

from collections.abc import Callable, Iterable

from traybeat.model.metric import Batch, Collection, Metric, Sample, gauge
from traybeat.model.service import Secret


class FakeClock:
    """A clock that stands still until told otherwise."""

    def __init__(self, wall: float = 1_700_000_000.0, monotonic: float = 1000.0) -> None:
        self.now_wall = wall
        self.now = monotonic

    def wall(self) -> float:
        return self.now_wall

    def monotonic(self) -> float:
        return self.now

    def go(self, seconds: float) -> None:
        self.now += seconds
        self.now_wall += seconds


TEMPERATURE = gauge("room_celsius", "celsius", "How warm it is.", "room", precision=0.1)


class FakeCollector:
    """Gives what it was told to give; raises it where it is an exception."""

    name = "room"
    interval = 2.0
    metrics: tuple[Metric, ...] = (TEMPERATURE,)

    def __init__(self, *results: Collection | Exception) -> None:
        self.results = list(results)

    def collect(self) -> Collection:
        result = self.results.pop(0) if len(self.results) > 1 else self.results[0]
        if isinstance(result, Exception):
            raise result
        return result


def collection(*values: tuple[str, float]) -> Collection:
    return Collection(tuple(TEMPERATURE.sample(value, room) for room, value in values))


def batch(source: str = "room", samples: Iterable[Sample] = (), error: str | None = None, time: float = 0.0) -> Batch:
    return Batch(source, time, tuple(samples), 0.001, error)


class FakeSecrets:
    """Secrets from a dictionary."""

    def __init__(self, **known: str) -> None:
        self._known = known

    def get(self, name: str) -> Secret:
        from traybeat.model.errors import SecretMissingError

        if name not in self._known:
            raise SecretMissingError(f"no secret {name}")
        return Secret(self._known[name])


class Kept:
    """Keeps every batch that it is handed."""

    def __init__(self, then: Callable[[Batch], None] | None = None) -> None:
        self.batches: list[Batch] = []
        self._then = then

    def accept(self, batch: Batch) -> None:
        self.batches.append(batch)
        if self._then:
            self._then(batch)
