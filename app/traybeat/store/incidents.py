"""Incidents: what went wrong with the database, counted, whoever met with it."""

import sqlite3
import threading

from traybeat.store.database import is_damage


class Incidents:
    """Shared by the writer and all readers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.failures = 0
        self.damaged = 0
        self.set_aside = 0
        self.suspect = False
        """Whether a reader met with damage, so that the writer had better look."""

    def failed(self) -> None:
        """Count a turn that did not reach the disk."""
        with self._lock:
            self.failures += 1

    def met(self, damaged: int) -> None:
        """Count rows that could not be read."""
        with self._lock:
            self.damaged += damaged

    def told(self, error: sqlite3.Error) -> None:
        """Take a reader's error; where it means damage, the writer will look."""
        if is_damage(error):
            self.suspect = True

    def moved(self) -> None:
        """Count a database that was set aside."""
        with self._lock:
            self.set_aside += 1
        self.suspect = False
