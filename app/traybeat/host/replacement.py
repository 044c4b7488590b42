"""Notices that the program's own file was replaced or taken away: by an upgrade, or by being uninstalled.

A frozen program loads parts of itself from its file when they are first needed. Another version's file under it would
give it wrong parts, so it ends, and starts again as what is there now.
"""

import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path

from traybeat.host.logs import fields
from traybeat.model.stop import Stop

log = logging.getLogger("traybeat.replacement")

SECONDS = 5.0
Identity = tuple[int, ...]


def own_file() -> Path | None:
    """Give the file to watch; None for a program from source, and on Windows, which replaces nothing that runs."""
    return Path(sys.executable) if getattr(sys, "frozen", False) and os.name == "posix" else None


def identity(path: Path) -> Identity | None:
    """Give what tells a file from another in its place; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


class Replacement:
    """The service that watches the file at `path`; `end` ends the program, `replaced` then says whether to go on."""

    name = "replacement"

    def __init__(
        self, path: Path, end: Callable[[], None], identify: Callable[[Path], Identity | None] = identity
    ) -> None:
        self._path, self._end, self._identify = path, end, identify
        self._first = identify(path)
        self.replaced = False

    def run(self, stop: Stop) -> None:
        """Look every few seconds; what is new counts once it stays the same, as an upgrade writes many files."""
        last = self._first
        while not stop.wait(SECONDS):
            found = self._identify(self._path)
            if found != self._first and found == last:
                self.replaced = found is not None
                log.info("program replaced" if self.replaced else "program removed", extra=fields(path=self._path))
                self._end()
                return
            last = found


def start_again() -> None:
    """Become the program that is there now, with the same arguments; comes back only by an OSError."""
    os.execv(sys.executable, [sys.executable, *sys.argv[1:]])  # noqa: S606 (the very program, and no shell)
