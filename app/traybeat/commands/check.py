"""`traybeat check`: validates the settings without starting anything."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from traybeat.model.errors import Fault
from traybeat.model.settings import Settings

WRONG = 2


def check(settings: Path, examine: Callable[[], tuple[Settings, Sequence[Fault]]]) -> int:
    """Print every fault on a line of its own; gives the exit code."""
    _, faults = examine()
    for fault in faults:
        print(f"{settings}: {fault}", file=sys.stderr)
    if faults:
        return WRONG
    there = "are right" if settings.exists() else "do not exist yet; the defaults and the environment are right"
    print(f"The settings in {settings} {there}.")
    return 0
