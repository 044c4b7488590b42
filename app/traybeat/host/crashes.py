"""What is left of a process that ended without a word: its number in the lock, and Python's trace of a crash."""

import faulthandler
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_MOST_BYTES = 20_000


def told(path: Path) -> str | None:
    """Give the trace that an earlier process left as it crashed in native code; None where there is none."""
    try:
        lines = path.read_bytes()[:_MOST_BYTES].decode("utf-8", "replace").splitlines()
    except OSError:
        return None
    return " | ".join(line.strip() for line in lines if line.strip()) or None


def watch(path: Path) -> Callable[[], None]:
    """Have a crash of this process traced in a file of its own, which is emptied; gives what ends that."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError:
        return lambda: None
    faulthandler.enable(handle)

    def end() -> None:
        faulthandler.disable()
        os.close(handle)
        with suppress(OSError):
            path.unlink()

    return end
