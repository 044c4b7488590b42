"""One instance for each data directory: whoever holds the lock runs.

The operating system drops the lock with its holder, however that ends, so a stale one heals by itself.
"""

import contextlib
import os
import sys
from pathlib import Path

from traybeat.model.errors import TraybeatError

if sys.platform == "win32":
    import msvcrt

    _FAR_OFF = 0x7FFF_0000  # a lock on Windows bars reading: lock a byte that nobody reads

    def _lock(handle: int) -> None:
        os.lseek(handle, _FAR_OFF, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


_LONGEST = 32  # bytes of a process's number


class AlreadyRunningError(TraybeatError):
    """Another instance holds the lock."""


class Lock:
    """The lock on a data directory, held until closed. `before` is the process that held it last and never let go."""

    def __init__(self, handle: int, before: int | None = None) -> None:
        self._handle: int | None = handle
        self.before = before

    def release(self) -> None:
        """Let go; the file stays, as removing it would race with the next holder."""
        if self._handle is not None:
            with contextlib.suppress(OSError):
                os.ftruncate(self._handle, 0)  # whoever is killed leaves its number
            os.close(self._handle)
            self._handle = None


def acquire(path: Path) -> Lock:
    """Take the lock; raises AlreadyRunningError where it is held, OSError where the directory can't be written."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(handle)
    except OSError:
        os.close(handle)
        raise AlreadyRunningError(_told(path)) from None
    before = None
    with contextlib.suppress(OSError, ValueError):
        os.lseek(handle, 0, os.SEEK_SET)
        before = int(os.read(handle, _LONGEST))
    with contextlib.suppress(OSError):  # a full disk must not keep the monitor from running
        os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_SET)
        os.write(handle, f"{os.getpid()}\n".encode())
    return Lock(handle, before)


def _told(path: Path) -> str:
    holder = ""
    with contextlib.suppress(OSError):
        holder = path.read_text("utf-8", "replace").strip()
    who = f"process {holder}" if holder.isdigit() else "another process"
    return f"Traybeat already runs here ({who}, data directory {path.parent}); see it with: traybeat status"
