"""The tiers of history: how fine each is, and how much of a series one row of it holds."""

from dataclasses import dataclass

TICKS = 10
"""Ticks in a second: time is kept to a tenth of a second.

Finer would cost more than the values do: a thread wakes some milliseconds early or late, and that noise can't be
packed.
"""
SERIES_BITS = STRETCH_BITS = 24
MOST_SERIES_IDS = 1 << SERIES_BITS
LAST_TICK = 1 << 36
"""The end of time for this store, in the year 2187; what claims to be later is refused."""


@dataclass(frozen=True, slots=True)
class Tier:
    """One resolution: `window` and `stretch` are ticks, `table` is where its rows lie.

    A window sums up the samples in it; 1 means samples as they were collected. A stretch is the time that one row
    covers, a whole number of windows of this tier and the coarser ones below a day.

    Rows lie in the order of time, so that old ones go in one piece and new ones come in one piece; or `by_series`, so
    that what is read over many stretches lies together.
    """

    table: str
    window: int
    stretch: int
    by_series: bool = False

    def number(self, tick: int) -> int:
        """Give the number of the stretch that a time lies in."""
        return tick // self.stretch

    def row(self, stretch: int, series: int) -> int:
        """Give the row of a series in a stretch."""
        return series << STRETCH_BITS | stretch if self.by_series else stretch << SERIES_BITS | series


RAW = Tier("raw", 1, 3600 * TICKS)
MINUTE = Tier("minute", 60 * TICKS, 6 * 3600 * TICKS)
TEN_MINUTES = Tier("ten_minutes", 600 * TICKS, 24 * 3600 * TICKS, by_series=True)
SUMMARIES = (MINUTE, TEN_MINUTES)
TIERS = (RAW, *SUMMARIES)


def ticks(time: float) -> int:
    """Turn Unix seconds into ticks."""
    return round(time * TICKS)


def seconds(tick: int) -> float:
    """Turn ticks into Unix seconds."""
    return tick / TICKS
