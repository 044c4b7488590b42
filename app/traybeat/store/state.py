"""What history says of itself."""

from dataclasses import dataclass
from pathlib import Path

from traybeat.model.metric import Sample, counter, gauge

ON_DISK = gauge("agent_history_on_disk", "", "1 while history reaches the disk, 0 while it is kept in memory only.")
BYTES = gauge("agent_history_bytes", "bytes", "Size of the history database, its write-ahead log included.")
HEAD = gauge("agent_history_head_bytes", "bytes", "Memory taken by samples that are not in the tables yet.")
SERIES = gauge("agent_history_series", "", "Series that history knows.")
DROPPED = counter("agent_history_dropped_samples_total", "", "Samples that history could not keep.", "reason")
FAILURES = counter("agent_history_failures_total", "", "Times that history could not be written to the disk.")
DAMAGED = counter("agent_history_damaged_rows_total", "", "Rows that could not be read.")
SET_ASIDE = counter("agent_history_set_aside_total", "", "Databases that were set aside, damaged.")
METRICS = (ON_DISK, BYTES, HEAD, SERIES, DROPPED, FAILURES, DAMAGED, SET_ASIDE)


@dataclass(frozen=True, slots=True)
class State:
    """History's state at one moment.

    `trouble` says in one line why history is in memory only; None while it reaches the disk. `committed` is when the
    disk last got all there was, in Unix seconds. `dropped` counts samples by reason.
    """

    path: Path
    on_disk: bool
    trouble: str | None
    committed: float | None
    bytes_on_disk: int
    bytes_in_memory: int
    series: int
    dropped: tuple[tuple[str, int], ...]
    failures: int
    damaged: int
    set_aside: int

    def samples(self) -> tuple[Sample, ...]:
        """Give the state as metrics."""
        return (
            ON_DISK.sample(self.on_disk),
            BYTES.sample(self.bytes_on_disk),
            HEAD.sample(self.bytes_in_memory),
            SERIES.sample(self.series),
            FAILURES.sample(self.failures),
            DAMAGED.sample(self.damaged),
            SET_ASIDE.sample(self.set_aside),
            *(DROPPED.sample(count, reason) for reason, count in self.dropped),
        )
