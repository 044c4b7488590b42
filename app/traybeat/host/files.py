"""Files that only their owner reads, written whole or not at all."""

import contextlib
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

_ATTEMPTS = 5
_PAUSE_SECONDS = 0.05
_BINARY = getattr(os, "O_BINARY", 0)


class Signature(NamedTuple):
    """What changes whenever a file's content, permissions or identity do."""

    modified: int
    changed: int
    size: int
    inode: int


UNREADABLE = Signature(-1, -1, -1, -1)


def signature(path: str | Path) -> Signature | None:
    """Look at a file without reading it; None where there is none, UNREADABLE where the look is refused."""
    try:
        found = os.stat(path)  # noqa: PTH116 (a third of the time of Path.stat, and asked every second)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        return UNREADABLE
    return Signature(found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)


def write_private(
    path: Path,
    content: bytes,
    replace: Callable[[Path, Path], object] = os.replace,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Create or replace a file that only its owner may read; raises OSError and then leaves the old one as it was.

    A power cut leaves the old content or the new, never a part. A symbolic link stays, the file it leads to is
    replaced. Directories on the way are created for the owner alone.
    """
    target = Path(os.path.realpath(path))
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.{os.getpid()}-{time.monotonic_ns()}.tmp")
    try:
        _write(beside, content)
        _replace(beside, target, replace, sleep)
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()
    _sync_directory(target.parent)


def _write(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _replace(
    source: Path, target: Path, replace: Callable[[Path, Path], object], sleep: Callable[[float], None]
) -> None:
    """Rename over the target; on Windows a scanner or an editor that reads it just now makes that fail for a while."""
    for _ in range(_ATTEMPTS - 1):
        try:
            replace(source, target)
        except PermissionError:
            sleep(_PAUSE_SECONDS)
        else:
            return
    replace(source, target)


def _sync_directory(path: Path) -> None:
    """Make a rename last; Windows can't open directories, and needs no such thing."""
    with contextlib.suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def copy_aside(path: Path, content: bytes, wall: float, keep: int) -> Path | None:
    """Keep content of the file at `path` as `NAME.damaged-TIME` beside it; `wall` is Unix time, written in UTC.

    Gives None where the same content is kept already. The newest `keep` copies stay. Raises OSError.
    """
    before = _copies(path)
    if any(_holds(one.path, content) for one in before):
        return None
    stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime(wall))
    number = max((one.number for one in before if one.stamp == stamp), default=0) + 1
    copy = path.with_name(f"{path.name}.damaged-{stamp}" + (f"-{number}" if number > 1 else ""))
    write_private(copy, content)
    for old in before[: max(len(before) + 1 - keep, 0)]:
        with contextlib.suppress(OSError):
            old.path.unlink()
    return copy


class _Copy(NamedTuple):
    stamp: str
    number: int
    path: Path


def _copies(path: Path) -> list[_Copy]:
    """Find the copies of a file, oldest first."""
    pattern = re.compile(re.escape(path.name) + r"\.damaged-(\d{8}T\d{6})(?:-(\d+))?")
    found = ((pattern.fullmatch(entry.name), entry) for entry in path.parent.iterdir())
    return sorted(_Copy(match[1], int(match[2] or 1), entry) for match, entry in found if match)


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except OSError:
        return False
