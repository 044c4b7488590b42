"""History: the sink that keeps, the service that writes, and what readers ask."""

import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path

from traybeat.model.errors import Fault
from traybeat.model.metric import Batch
from traybeat.model.service import Clock
from traybeat.model.settings import History as Options
from traybeat.model.settings import Settings
from traybeat.model.stop import Stop
from traybeat.store.database import Connect, Database
from traybeat.store.head import Head
from traybeat.store.incidents import Incidents
from traybeat.store.reader import Reader
from traybeat.store.series import Catalogue
from traybeat.store.state import State
from traybeat.store.writer import MOST_BYTES_IN_MEMORY, Writer

COMMIT_SECONDS = 9.0
"""A commit waits its turn and takes its time, and kill -9 shall cost no more than ten seconds."""
FIRST_SECONDS = 1.0
"""A start has more urgent things to do than to read the journal; what comes meanwhile is in memory."""
_HOURS_A_DAY = 24


class History:
    """Takes every batch, writes it now and then, and lets any thread read, what came last included."""

    name = "history"

    def __init__(
        self,
        path: Path,
        clock: Clock,
        options: Options,
        connect: Connect = sqlite3.connect,
        most_in_memory: int = MOST_BYTES_IN_MEMORY,
    ) -> None:
        self._database = Database(path, connect)
        self._incidents = Incidents()
        self._head = Head(Catalogue())
        seam = threading.Lock()
        self._writer = Writer(self._database, self._head, clock, seam, self._incidents, options, most_in_memory)
        self.reader = Reader(self._database, self._head, seam, lambda: self._writer.identity, self._incidents)

    def accept(self, batch: Batch) -> None:
        """Take a batch; never waits for the disk."""
        self._head.accept(batch)

    def run(self, stop: Stop) -> None:
        """Write now and then until `stop` is set; then once more, and close the file."""
        try:
            pause = FIRST_SECONDS
            while not stop.wait(pause):
                self._writer.turn()
                pause = COMMIT_SECONDS
        finally:
            self._writer.close()

    def check(self, new: Settings) -> Sequence[Fault]:
        """Say where a coarser tier would end before a finer one."""
        return tuple(faults(new.history))

    def apply(self, old: Settings, new: Settings) -> None:  # noqa: ARG002 (the protocol's)
        """Take new times to keep on; what is older goes within minutes."""
        self._writer.settings = new.history

    def flush(self) -> None:
        """Write what there is now."""
        self._writer.turn()

    def backup(self, target: Path) -> None:
        """Save the whole history in a file; raises BackupError."""
        self._writer.backup(target)

    def restore(self, path: Path) -> None:
        """Replace the history by a saved one, but for what has just come; raises TraybeatError."""
        self._writer.restore(path)

    def state(self) -> State:
        """Say how history is."""
        with self._head.lock:
            dropped, series = tuple(sorted(self._head.dropped.items())), len(self._head.catalogue)
        return State(
            path=self._database.path,
            on_disk=self._writer.on_disk,
            trouble=self._writer.trouble,
            committed=self._writer.committed,
            bytes_on_disk=self._database.size(),
            bytes_in_memory=self._head.size(),
            series=series,
            dropped=dropped,
            failures=self._incidents.failures,
            damaged=self._incidents.damaged,
            set_aside=self._incidents.set_aside,
        )


def faults(options: Options) -> list[Fault]:
    """Find tiers that would end before a finer one does."""
    found = []
    if options.minute_days * _HOURS_A_DAY < options.raw_hours:
        expected = f"at least raw_hours, which is {options.raw_hours / _HOURS_A_DAY:g} days"
        found.append(Fault("history.minute_days", f"{options.minute_days:g}", expected))
    if options.ten_minute_days < options.minute_days:
        expected = f"at least minute_days, which is {options.minute_days:g}"
        found.append(Fault("history.ten_minute_days", f"{options.ten_minute_days:g}", expected))
    return found
