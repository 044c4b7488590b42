"""What the live feed tells."""

from collections.abc import Mapping

import msgspec

from traybeat.api.types.access import Language, Theme
from traybeat.api.types.alerts import AlertInfo, SnoozeInfo
from traybeat.api.types.metrics import Value
from traybeat.engine.status import Readings


class SourceValues(msgspec.Struct, frozen=True):
    """The newest values of one collector, and when they were collected, in Unix seconds."""

    time: float
    values: tuple[Value, ...]


class LiveReadings(msgspec.Struct, frozen=True, tag_field="type", tag="readings"):
    """What is newest: at a glance, and series by series, by collector."""

    time: float
    readings: Readings
    sources: Mapping[str, SourceValues]


class LiveAlerts(msgspec.Struct, frozen=True, tag_field="type", tag="alerts"):
    """The alerts that have not ended, told whenever one of them changes."""

    alerts: tuple[AlertInfo, ...]
    snoozes: tuple[SnoozeInfo, ...]


class LiveAppearance(msgspec.Struct, frozen=True, tag_field="type", tag="appearance"):
    """How the pages are to look and speak by the settings, told whenever these change."""

    language: Language
    theme: Theme


LiveMessage = LiveReadings | LiveAlerts | LiveAppearance
