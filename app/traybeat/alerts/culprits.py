"""Which processes to keep with an alert: those that used most of what its rule is about."""

from collections.abc import Iterable
from operator import attrgetter

from traybeat.model.readings.process import Process

MOST = 5

_BY_MEMORY = attrgetter("memory_bytes")
_BY_CPU = attrgetter("cpu_ratio")
# Metrics that no process list explains (a full disk, an empty battery's charge) are not here.
_SUBJECTS = (
    (("system_memory_", "system_swap_", "system_process_memory_"), _BY_MEMORY),
    (("system_cpu_", "system_load", "system_process_cpu_", "system_temperature_", "system_fan_"), _BY_CPU),
    (("system_battery_discharging", "system_battery_remaining_"), _BY_CPU),
)


def culprits(metric: str, processes: Iterable[Process]) -> tuple[Process, ...]:
    """Give at most five of the processes, those that weigh most on the metric first; none where none could."""
    for prefixes, weight in _SUBJECTS:
        if metric.startswith(prefixes):
            return tuple(sorted(processes, key=weight, reverse=True)[:MOST])
    return ()
