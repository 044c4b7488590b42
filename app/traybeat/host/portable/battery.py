"""The battery through psutil."""

from typing import Any

from traybeat.host.portable.tolerate import tolerate
from traybeat.model.readings.battery import BatteryReading

# Windows tells 255 percent for an unknown charge, and an unknown time as 4294967295 seconds (psutil#2875).
_HIGHEST_PERCENT = 200
_LONGEST_SECONDS = 7 * 86400


class PortableBattery:
    """Reads psutil's sensors_battery."""

    def __init__(self, psutil: Any) -> None:
        self._psutil = psutil

    def read(self) -> BatteryReading:
        """Read once; everything is None where there is no battery."""
        found = tolerate(self._psutil, "sensors_battery")
        if found is None:
            return BatteryReading()
        discharging = None if found.power_plugged is None else not found.power_plugged
        return BatteryReading(
            charge=_charge(found.percent),
            discharging=discharging,
            remaining=_seconds(found.secsleft) if discharging else None,
        )


def _charge(percent: float | None) -> float | None:
    if percent is None or not 0 <= percent < _HIGHEST_PERCENT:
        return None
    return min(percent / 100, 1.0)


def _seconds(left: float | None) -> float | None:
    """Negative numbers are psutil's for a time that is unknown or without end."""
    return float(left) if left is not None and 0 <= left <= _LONGEST_SECONDS else None
