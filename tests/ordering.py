"""How the tests are shared out between several workers: a file's tests stay together, the longest files begin.

What uses the same Windows, image or build goes to one worker, which has made it already.
"""

from pathlib import PurePosixPath

FIRST = ("packages", "dashboard", "desktop", "faults", "end_to_end")
"""Folders whose tests take longest, in the order in which they begin."""
TOGETHER = {
    "packages/windows": "windows",
    "desktop/test_windows.py": "windows",
    "packages/linux": "linux packages",
    "packages/container": "image",
}


def group(path: str) -> str:
    """Name the group of the tests in a file, by its path below tests/."""
    return next((name for start, name in TOGETHER.items() if path.startswith(start)), path)


def rank(path: str) -> int:
    """Say when a file's tests begin: the smaller, the earlier."""
    folder = PurePosixPath(path).parts[0]
    return FIRST.index(folder) if folder in FIRST else len(FIRST)
