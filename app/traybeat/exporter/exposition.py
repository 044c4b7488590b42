"""The text that Prometheus reads: each source's part is rendered once for each collection, and served from memory."""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from traybeat.engine.latest import Latest
from traybeat.host.lean import PROMETHEUS, without
from traybeat.model.metric import Batch, Kind, Metric, Sample, gauge
from traybeat.model.service import Clock

with without(*PROMETHEUS):
    from prometheus_client import exposition as plain
    from prometheus_client.exposition import gzip_accepted as gzip_accepted  # noqa: PLC0414 (handed on)
    from prometheus_client.metrics_core import Metric as Family
    from prometheus_client.openmetrics import exposition as openmetrics
    from prometheus_client.samples import Sample as Line

WANTED_SECONDS = 300.0
_GZIP_LEVEL = 1
_GZIP_WINDOW = 31  # zlib's way to say: with gzip's header and trailer
_EOF = b"# EOF\n"
NODE_TIME = gauge("node_time_seconds", "seconds", "System time in seconds since epoch (1970).")
METRICS = (NODE_TIME,)


class Form(Enum):
    """The formats there are; the value is the content type."""

    TEXT = "text/plain; version=0.0.4; charset=utf-8"
    OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"


_ENCODERS: dict[Form, Callable[[Any], bytes]] = {
    Form.TEXT: plain.generate_latest,
    Form.OPENMETRICS: openmetrics.generate_latest,
}


def negotiate(accept: str) -> Form:
    """Choose the format for an Accept header as Prometheus' own client library does."""
    _, content_type = plain.choose_encoder(accept)
    return Form.OPENMETRICS if content_type.startswith("application/openmetrics-text") else Form.TEXT


def families(samples: tuple[Sample, ...]) -> Iterator[Family]:
    """Group samples into families; of two samples for one series the first stays, as scrapers refuse such text."""
    grouped: dict[str, tuple[Metric, dict[tuple[str, ...], float]]] = {}
    for metric, labels, value in samples:
        grouped.setdefault(metric.name, (metric, {}))[1].setdefault(labels, value)
    for metric, series in grouped.values():
        yield _family(metric, series)


def _family(metric: Metric, series: dict[tuple[str, ...], float]) -> Family:
    base = metric.name.removesuffix("_total") if metric.kind is Kind.COUNTER else metric.name
    unit = metric.unit if metric.unit and base.endswith("_" + metric.unit) else ""
    family = Family(base, metric.help, metric.kind.value, unit)
    family.samples = [
        Line(metric.name, dict(zip(metric.labels, labels, strict=True)), value) for labels, value in series.items()
    ]
    return family


@dataclass(frozen=True, slots=True)
class _Part:
    """One source's families, in the shape that the client library's encoders read."""

    samples: tuple[Sample, ...]

    def collect(self) -> Iterator[Family]:
        return families(self.samples)


def render(form: Form, samples: tuple[Sample, ...]) -> bytes:
    """Write samples in a format, without the end mark that OpenMetrics has after all parts."""
    return _ENCODERS[form](_Part(samples)).removesuffix(_EOF)


class Exposition:
    """A sink that keeps rendered text at hand; in formats that nobody has asked for lately, it renders nothing."""

    def __init__(self, latest: Latest, clock: Clock) -> None:
        self.last_scrape: float | None = None
        self._latest = latest
        self._clock = clock
        self._asked: dict[Form, float] = {}
        self._parts: dict[tuple[Form, str], tuple[Batch, bytes]] = {}

    def accept(self, batch: Batch) -> None:
        """Render a new batch ahead of the next scrape."""
        if batch.error is None:
            now = self._clock.monotonic()
            for form, asked in list(self._asked.items()):
                if now - asked <= WANTED_SECONDS:
                    self._part(form, batch)

    def body(self, form: Form) -> bytes:
        """Give the whole text as of now."""
        self._asked[form] = self._clock.monotonic()
        self.last_scrape = self._clock.wall()
        batches = self._latest.snapshot()
        for gone in [key for key in list(self._parts) if key[1] not in batches]:
            self._parts.pop(gone, None)
        parts = [self._part(form, batch) for batch in batches.values()]
        parts.append(render(form, (NODE_TIME.sample(self.last_scrape),)))
        if form is Form.OPENMETRICS:
            parts.append(_EOF)
        return b"".join(parts)

    def ready(self) -> frozenset[tuple[Form, str]]:
        """Name what is rendered: formats and sources."""
        return frozenset(self._parts)

    def _part(self, form: Form, batch: Batch) -> bytes:
        held = self._parts.get((form, batch.source))
        if held is None or held[0] is not batch:
            held = (batch, render(form, batch.samples))
            self._parts[form, batch.source] = held
        return held[1]


def compress(body: bytes) -> bytes:
    """Gzip quickly: the wire is short, the processor is what we save."""
    packer = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP_WINDOW)
    return packer.compress(body) + packer.flush()
