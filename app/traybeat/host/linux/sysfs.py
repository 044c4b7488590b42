"""The kernel's one-value files, read with as little ado as possible: there may be dozens at every collection."""

import os

_LONGEST = 4096


def text(path: str) -> str | None:
    """Give a file's text without the spaces around it; None where it can't be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
    except OSError:
        return None
    try:
        return os.read(descriptor, _LONGEST).decode("utf-8", "replace").strip()
    except OSError:
        return None
    finally:
        os.close(descriptor)


def number(path: str) -> int | None:
    """Give a file's whole number; None where it can't be read or holds something else."""
    found = text(path)
    try:
        return int(found) if found is not None else None
    except ValueError:
        return None


def names(folder: str) -> list[str]:
    """Give the names in a folder, in order; none where it can't be read."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries)
    except OSError:
        return []
