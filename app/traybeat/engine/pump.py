"""Carries batches from the collectors to the sinks, in order, on one thread."""

import logging
import queue
from collections.abc import Sequence

from traybeat.host.logs import fields
from traybeat.model.metric import Batch
from traybeat.model.service import Sink
from traybeat.model.stop import Stop

log = logging.getLogger("traybeat.pump")

MOST_WAITING = 1000


class Pump:
    """The only caller of the sinks; a sink that raises is logged and harms no other."""

    name = "pump"

    def __init__(self, sinks: Sequence[Sink]) -> None:
        self._sinks = tuple(sinks)
        self._queue: queue.SimpleQueue[Batch | None] = queue.SimpleQueue()
        self.dropped = 0

    def emit(self, batch: Batch) -> None:
        """Hand a batch over; never waits. Where the sinks are hopelessly behind, the batch is dropped and counted."""
        if self._queue.qsize() >= MOST_WAITING:
            self.dropped += 1
            log.warning("batches dropped, the sinks are behind", extra=fields(part=self.name, waiting=MOST_WAITING))
            return
        self._queue.put(batch)

    def run(self, stop: Stop) -> None:
        """Carry until `stop`, then carry what still waits."""
        stop.call(lambda: self._queue.put(None))
        while (batch := self._queue.get()) is not None:
            self.carry(batch)

    def carry(self, batch: Batch) -> None:
        """Hand one batch to every sink."""
        for sink in self._sinks:
            try:
                sink.accept(batch)
            except Exception as error:
                part = type(sink).__name__.lower()
                log.exception("sink failed", extra=fields(part=part, kind=type(error).__name__))
