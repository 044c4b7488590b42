"""The newest batch of every source: what a scrape and a status see."""

import threading
from collections.abc import Mapping
from types import MappingProxyType

from traybeat.model.metric import Batch


class Latest:
    """A sink that keeps the last good batch of each source; readers get an immutable snapshot."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._batches: Mapping[str, Batch] = MappingProxyType({})

    def accept(self, batch: Batch) -> None:
        """Keep a batch; one that failed leaves what was known."""
        if batch.error is None:
            with self._lock:
                self._batches = MappingProxyType({**self._batches, batch.source: batch})

    def drop(self, source: str) -> None:
        """Forget a source: what it said is too old to be told as if it were now."""
        with self._lock:
            self._batches = MappingProxyType({key: batch for key, batch in self._batches.items() if key != source})

    def snapshot(self) -> Mapping[str, Batch]:
        """Give the newest batches by source."""
        return self._batches
