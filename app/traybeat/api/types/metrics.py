"""Metrics: the catalogue, the newest values, and what they were."""

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec


class MetricInfo(msgspec.Struct, frozen=True):
    """A metric that history keeps. `source` is the collector that it comes from, `precision` its smallest step."""

    name: str
    unit: str
    help: str
    labels: tuple[str, ...]
    source: str
    precision: float


class Catalogue(msgspec.Struct, frozen=True):
    """The metrics that are recorded."""

    metrics: tuple[MetricInfo, ...]


class Value(msgspec.Struct, frozen=True):
    """One series' newest value."""

    metric: str
    labels: Mapping[str, str]
    value: float


class Newest(msgspec.Struct, frozen=True, tag_field="kind", tag="newest"):
    """The newest values of a subject; `time` is None where there are none yet. Times are Unix seconds."""

    time: float | None
    interval_seconds: float | None
    values: tuple[Value, ...]


class SeriesRange(msgspec.Struct, frozen=True):
    """What one series did: columns of equal length.

    A point begins at its time and is `step` seconds wide, 0 where points are samples as they were collected. `gaps`
    are the positions of the points before which values are missing.
    """

    metric: str
    labels: Mapping[str, str]
    unit: str
    step: float
    times: Sequence[float]
    averages: Sequence[float]
    minima: Sequence[float]
    maxima: Sequence[float]
    counts: Sequence[int]
    gaps: tuple[int, ...]


Reason = Literal["asleep", "off", "stopped", "unknown"]


class Unseen(msgspec.Struct, frozen=True):
    """A time in which Traybeat saw nothing at all. Unix seconds.

    The machine was `asleep` or `off`, or Traybeat was `stopped`; `unknown` where nothing tells, as after the pause of
    a virtual machine.
    """

    start: float
    end: float
    reason: Reason


class Range(msgspec.Struct, frozen=True, tag_field="kind", tag="range"):
    """What the series of a subject did from `start` to before `end`, in Unix seconds."""

    start: float
    end: float
    series: tuple[SeriesRange, ...]
    unseen: tuple[Unseen, ...]


Metrics = Newest | Range


class RangeQuery(msgspec.Struct, frozen=True):
    """Which values: without `start`, the newest; `metric` and `label` (name=value, as rules write it) choose series."""

    start: str | None = None
    end: str | None = None
    points: int | None = None
    metric: tuple[str, ...] = ()
    label: tuple[str, ...] = ()


class AtQuery(msgspec.Struct, frozen=True):
    """When: RFC 3339 or Unix seconds; without, now."""

    at: str | None = None
