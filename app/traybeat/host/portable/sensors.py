"""Temperatures and fans through psutil: FreeBSD's, as it knows none on Windows and macOS."""

from collections.abc import Iterator
from typing import Any

from traybeat.host.portable.tolerate import tolerate
from traybeat.model.readings.sensors import Fan, SensorsReading, Temperature, plausible


def _each(found: Any, kind: str) -> Iterator[tuple[str, str, Any]]:
    for chip, entries in (found or {}).items():
        labels = [entry.label for entry in entries]
        for number, entry in enumerate(entries, 1):
            key = f"{kind}{number}"
            alike = labels.count(entry.label) > 1
            yield chip, (f"{entry.label} ({key})" if alike else entry.label) if entry.label else key, entry


class PortableSensors:
    """Reads psutil's sensors_temperatures and sensors_fans, where they exist."""

    def __init__(self, psutil: Any) -> None:
        self._psutil = psutil

    def read(self) -> SensorsReading:
        """Read once."""
        temperatures = tolerate(self._psutil, "sensors_temperatures")
        fans = tolerate(self._psutil, "sensors_fans")
        return SensorsReading(
            temperatures=tuple(
                Temperature(chip, sensor, entry.current, plausible(entry.high), plausible(entry.critical))
                for chip, sensor, entry in _each(temperatures, "temp")
                if plausible(entry.current) is not None
            ),
            fans=tuple(Fan(chip, sensor, entry.current) for chip, sensor, entry in _each(fans, "fan")),
        )
