"""Series: what is kept under which name and labels, and how many of them there may be."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from traybeat.model.metric import Metric
from traybeat.store.scale import scale
from traybeat.store.tier import MOST_SERIES_IDS, RAW

MOST_SERIES = 5000
MOST_SERIES_OF_A_METRIC = 1000

Key = tuple[str, tuple[str, ...], float]
"""A metric's name, its labels' values, and its precision: with another precision, numbers mean other values."""


@dataclass(frozen=True, slots=True)
class Series:
    """One recorded series as readers see it; `first` and `last` are Unix seconds, to the hour."""

    name: str
    labels: Mapping[str, str]
    unit: str
    help: str
    first: float
    last: float


class Entry:
    """One series as the store keeps it; `first` and `last` number the stretches of raw samples that it spans."""

    __slots__ = ("first", "help", "id", "key", "labels", "last", "scale", "stored", "unit")

    def __init__(self, key: Key, labels: tuple[str, ...], unit: str, help_: str) -> None:
        self.key = key
        self.labels = labels
        self.unit = unit
        self.help = help_
        self.scale = scale(key[2])
        self.id = 0
        self.first: int | None = None
        self.last: int | None = None
        self.stored: tuple[int, int] | None = None
        """`first` and `last` as the database has them; None where it does not know the series yet."""

    @property
    def pairs(self) -> dict[str, str]:
        """The labels' names and values."""
        return dict(zip(self.labels, self.key[1], strict=False))

    def seen(self, stretch: int) -> None:
        """Note that there are samples in a stretch."""
        self.first = stretch if self.first is None else min(self.first, stretch)
        self.last = stretch if self.last is None else max(self.last, stretch)

    def told(self, others: Iterable["Entry"]) -> Series:
        """Tell readers; `others` are the same series at other precisions."""
        spans = [(one.first or 0, one.last or 0) for one in (self, *others)]
        first = min(span[0] for span in spans) * RAW.stretch
        last = (max(span[1] for span in spans) + 1) * RAW.stretch
        return Series(self.key[0], self.pairs, self.unit, self.help, first / 10, last / 10)


class Catalogue:
    """All series there are, in memory: a few hundred as a rule. Guarded by the lock of its head."""

    def __init__(self, most: int = MOST_SERIES, most_of_a_metric: int = MOST_SERIES_OF_A_METRIC) -> None:
        self._most = most
        self._most_of_a_metric = most_of_a_metric
        self._entries: dict[Key, Entry] = {}
        self._by_id: dict[int, Entry] = {}
        self._metrics: Counter[str] = Counter()
        self._last_id = 0

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def get(self, series: int) -> Entry | None:
        """Find a series by its number."""
        return self._by_id.get(series)

    def of(self, key: Key, metric: Metric) -> Entry | None:
        """Find a series, or admit it; None where there are too many."""
        entry = self._entries.get(key)
        if entry is None and self._has_room(key[0]):
            entry = Entry(key, metric.labels, metric.unit, metric.help)
            self._number(entry)
        return entry

    def attach(self, stored: Iterable[Entry], wanted: Iterable[Entry]) -> None:
        """Take on what a database knows; of what was known before, only the `wanted` stay, with their new numbers."""
        before = {entry.key: entry for entry in wanted}
        self._entries, self._by_id, self._metrics = {}, {}, Counter()
        self._last_id = 0
        for found in stored:
            entry = before.pop(found.key, found)
            if entry is not found:
                entry.stored = found.stored
                entry.seen(found.first or 0)
                entry.seen(found.last or 0)
            entry.id = found.id
            self._keep(entry)
        for entry in before.values():
            entry.stored = None
            self._number(entry)

    def drop(self, entry: Entry) -> None:
        """Forget a series whose last sample is gone."""
        del self._entries[entry.key], self._by_id[entry.id]
        self._metrics[entry.key[0]] -= 1

    def _has_room(self, name: str) -> bool:
        return (
            len(self._entries) < self._most
            and self._metrics[name] < self._most_of_a_metric
            and self._last_id < MOST_SERIES_IDS - 1
        )

    def _number(self, entry: Entry) -> None:
        entry.id = self._last_id + 1
        self._keep(entry)

    def _keep(self, entry: Entry) -> None:
        self._last_id = max(self._last_id, entry.id)
        self._entries[entry.key] = entry
        self._by_id[entry.id] = entry
        self._metrics[entry.key[0]] += 1
