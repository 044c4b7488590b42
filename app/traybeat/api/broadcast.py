"""What the live feed tells, as bytes."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from traybeat.api.types.alerts import ActiveAlerts
from traybeat.api.types.live import LiveAlerts, LiveAppearance, LiveReadings, SourceValues
from traybeat.api.types.metrics import Value
from traybeat.engine.status import readings
from traybeat.model.metric import Batch, Metric
from traybeat.model.service import Clock
from traybeat.model.settings import Appearance


def encode_readings(newest: Mapping[str, Batch], families: Mapping[str, Sequence[Metric]], clock: Clock) -> bytes:
    """Tell what is newest of all that is recorded."""
    sources = {
        source: SourceValues(batch.time, tuple(_values(batch)))
        for source, batch in newest.items()
        if source in families
    }
    return msgspec.json.encode(LiveReadings(clock.wall(), readings(newest), sources))


def encode_alerts(active: Callable[[], ActiveAlerts]) -> bytes:
    """Tell what has not ended."""
    found = active()
    return msgspec.json.encode(LiveAlerts(found.alerts, found.snoozes))


def encode_appearance(look: Appearance) -> bytes:
    """Tell how the pages are to look and speak."""
    return msgspec.json.encode(LiveAppearance(look.language, look.theme))


def _values(batch: Batch) -> list[Value]:
    return [
        Value(metric.name, dict(zip(metric.labels, labels, strict=True)), value)
        for metric, labels, value in batch.samples
        if metric.precision is not None
    ]
