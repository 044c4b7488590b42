"""How the tests are shared out between several workers: a file's tests stay together, the longest files begin.

What is built in the same folders, or runs in the same Windows, goes to one worker.
"""

from pathlib import PurePosixPath

FIRST = ("packages", "dashboard", "desktop", "faults", "end_to_end")
"""Folders whose tests take longest, in the order in which they begin."""
TOGETHER = ("packages/", "desktop/test_windows.py")


def group(path: str) -> str:
    """Name the group of the tests in a file, by its path below tests/."""
    return "packages" if path.startswith(TOGETHER) else path


def rank(path: str) -> int:
    """Say when a file's tests begin: the smaller, the earlier."""
    folder = PurePosixPath(path).parts[0]
    return FIRST.index(folder) if folder in FIRST else len(FIRST)
