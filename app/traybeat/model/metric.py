"""Metrics and samples: what a collector yields, in Prometheus' own terms."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from traybeat.model.readings.process import Process


class Kind(Enum):
    """The type of a metric, in the words of the exposition format."""

    COUNTER = "counter"
    GAUGE = "gauge"


@dataclass(frozen=True, slots=True)
class Metric:
    """A family of series that share a name.

    `unit` is a Prometheus base unit (`seconds`, `bytes`, `ratio`) or empty. `precision` is the step that values are
    rounded to when they are sampled: a whole number, or a negative power of ten. A metric with a precision is
    recorded in history; one without is only exported.
    """

    name: str
    kind: Kind
    unit: str
    help: str
    labels: tuple[str, ...] = ()
    precision: float | None = None
    _digits: int = field(init=False, repr=False, compare=False, default=0)

    def __post_init__(self) -> None:
        if self.precision is not None and self.precision < 1:
            digits = next((n for n in range(1, 10) if math.isclose(self.precision, 10.0**-n)), None)
            if digits is None:
                raise ValueError(f"{self.name}: precision {self.precision} is not a power of ten")
            object.__setattr__(self, "_digits", digits)

    def sample(self, value: float, *labels: str) -> "Sample":
        """Give one sample, its value rounded to the metric's precision, its labels in the order of `self.labels`."""
        if self.precision is not None:
            if self._digits:
                value = round(value, self._digits)
            else:
                value = float(round(value / self.precision) * self.precision)
        return Sample(self, labels, value)


class Sample(NamedTuple):
    """One value of one series at the time of its batch."""

    metric: Metric
    labels: tuple[str, ...]
    value: float


@dataclass(frozen=True, slots=True)
class Collection:
    """What one call of `Collector.collect` gave.

    `processes` are the top processes where the collector knows them. `dropped` counts, by reason, what was seen and
    deliberately not given.
    """

    samples: tuple[Sample, ...]
    processes: tuple[Process, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Batch:
    """A collection on its way to the sinks.

    `time` is wall clock, in Unix seconds; `took` is seconds. With `error` set the collection failed and carries no
    samples.
    """

    source: str
    time: float
    samples: tuple[Sample, ...]
    took: float
    error: str | None = None
    processes: tuple[Process, ...] = ()


def counter(name: str, unit: str, help_: str, *labels: str) -> Metric:
    """Declare a counter; counters are exported, never recorded."""
    return Metric(name, Kind.COUNTER, unit, help_, labels)


def gauge(name: str, unit: str, help_: str, *labels: str, precision: float | None = None) -> Metric:
    """Declare a gauge; with a precision it is recorded in history."""
    return Metric(name, Kind.GAUGE, unit, help_, labels, precision)
