"""Runs one collector at its interval: times it, counts its errors, decides its health."""

import logging
import math
from collections.abc import Callable

from traybeat.engine.health import Health, Wards
from traybeat.engine.pace import Pace
from traybeat.host.logs import fields
from traybeat.model.errors import NoDataError
from traybeat.model.metric import Batch, Collection, Sample
from traybeat.model.service import Clock, Collector
from traybeat.model.stop import Stop
from traybeat.model.text import clean

log = logging.getLogger("traybeat.sampler")

MOST_SERIES = 5000
NO_DATA_SECONDS = 300.0
SECOND_SECONDS = 1.0


def next_due(due: float, interval: float, now: float) -> float:
    """Give the next time after `now` on the grid that `due` lies on: what was missed is not caught up with."""
    if now < due:
        return due
    return due + interval * (math.floor((now - due) / interval) + 1)


class Sampler:
    """The service that keeps one collector going."""

    def __init__(
        self, collector: Collector, clock: Clock, emit: Callable[[Batch], None], wards: Wards, pace: Pace
    ) -> None:
        self.name = collector.name
        self._collector = collector
        self._clock = clock
        self._emit = emit
        self._wards = wards
        self._pace = pace

    def run(self, stop: Stop) -> None:
        """Collect at once, soon again so that there are rates, then at every interval."""
        due, longest = self._clock.monotonic(), SECOND_SECONDS
        while not stop.is_set():
            interval = min(self._interval(self.collect()), longest)
            longest = math.inf
            now = self._clock.monotonic()
            due = next_due(due, interval, now)
            stop.wait(due - now)

    def _interval(self, health: Health | None) -> float:
        if health is not None and health.no_data:
            return NO_DATA_SECONDS
        return self._collector.interval * self._pace.stretch

    def collect(self) -> Health | None:
        """Collect once, whatever happens, and hand the batch on."""
        started, time = self._clock.monotonic(), self._clock.wall()
        try:
            collection = self._collector.collect()
        except NoDataError as nothing:
            return self._nothing(nothing, time)
        except Exception as error:  # noqa: BLE001 (whatever a collector raises is counted and told)
            return self._failed(error, started, time)
        took = self._clock.monotonic() - started
        before = self._wards.get(self.name)
        samples, dropped = vet(collection)
        self._emit(Batch(self.name, time, samples, took, processes=collection.processes))
        if before is not None and before.failures_in_a_row:
            log.info("collector recovered", extra=fields(part=self.name, failures=before.failures_in_a_row))
        total = dict(before.dropped) if before else {}
        for reason, count in dropped.items():
            total[reason] = total.get(reason, 0) + count
        return self._wards.update(
            self.name,
            last_success=time,
            duration=took,
            failures_in_a_row=0,
            last_error=None,
            no_data=False,
            dropped=total,
            beat=self._clock.monotonic(),
        )

    def _nothing(self, nothing: NoDataError, time: float) -> Health | None:
        before = self._wards.get(self.name)
        if before is not None and not before.no_data:
            log.info("nothing to collect", extra=fields(part=self.name, reason=str(nothing)))
        self._emit(Batch(self.name, time, (), 0.0))
        return self._wards.update(
            self.name, no_data=True, failures_in_a_row=0, last_success=time, beat=self._clock.monotonic()
        )

    def _failed(self, error: Exception, started: float, time: float) -> Health | None:
        now = self._clock.monotonic()
        told = clean(f"{type(error).__name__}: {error}", 300)
        unexpected = not isinstance(error, OSError)
        log.warning(
            "collector failed",
            extra=fields(part=self.name, kind=type(error).__name__, error=told),
            exc_info=error if unexpected else None,
        )
        self._emit(Batch(self.name, time, (), now - started, error=told))
        before = self._wards.get(self.name)
        if before is None:
            return None
        return self._wards.update(
            self.name,
            duration=now - started,
            errors=before.errors + 1,
            failures_in_a_row=before.failures_in_a_row + 1,
            last_error=told,
            beat=now,
        )


def vet(collection: Collection) -> tuple[tuple[Sample, ...], dict[str, int]]:
    """Keep the samples that may go on, and count the others by reason: `not_finite`, `series_cap`."""
    dropped = dict(collection.dropped)
    samples = tuple(sample for sample in collection.samples if math.isfinite(sample.value))
    if (lost := len(collection.samples) - len(samples)) > 0:
        dropped["not_finite"] = dropped.get("not_finite", 0) + lost
    if (over := len(samples) - MOST_SERIES) > 0:
        dropped["series_cap"] = dropped.get("series_cap", 0) + over
        samples = samples[:MOST_SERIES]
    return samples, dropped
