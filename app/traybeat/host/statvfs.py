"""Asks file systems how full they are; run as the helper `statvfs`, those that may never answer.

The helper is started twice a minute where network file systems are watched, so that this module imports next to
nothing: not even typing, which would double its cost.
"""

import faulthandler
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

HELPER = "statvfs"
GIVE_UP_SECONDS = 20.0
_STDERR = 2

Numbers = tuple[float, float, float, float | None, float | None]


def windows_usage(path: str | bytes) -> Numbers:
    """Give the same on Windows, which knows neither a reserve nor numbers of files."""
    from shutil import disk_usage  # heavy

    total, _, free = disk_usage(os.fsdecode(path))
    return (float(total), float(free), float(free), None, None)


if sys.platform == "win32":
    usage = windows_usage
else:

    def usage(path: str | bytes) -> Numbers:
        """Give size, free and available bytes, files and free files of the file system at a path, as df does.

        Raises OSError.
        """
        found = os.statvfs(path)
        unit = found.f_frsize
        return (
            float(found.f_blocks * unit),
            float(found.f_bfree * unit),
            float(found.f_bavail * unit),
            float(found.f_files),
            float(found.f_ffree),
        )


def main() -> int:
    """Be the helper, between descriptors 0 and 1: a program without a console has no standard streams."""
    with os.fdopen(0, "rb", closefd=False) as questions, os.fdopen(1, "wb", closefd=False) as answers:
        respond(questions, answers)
    return 0


def respond(
    questions: "BinaryIO",
    answers: "BinaryIO",
    ask: "Callable[[bytes], Numbers]" = usage,
    patience: float = GIVE_UP_SECONDS,
) -> None:
    """Read mount points, each ended by a NUL, and answer each with a line as soon as it is known.

    A line is a JSON list: the mount point's number from 0, then what `usage` gives; the number alone where the file
    system refused. Should whoever started us be gone, we end by ourselves after
    `patience` seconds.
    """
    faulthandler.dump_traceback_later(patience, exit=True, file=_STDERR)
    try:
        for number, path in enumerate(questions.read().split(b"\0")[:-1]):
            answers.write(answer(number, path, ask))
            answers.flush()
    finally:
        faulthandler.cancel_dump_traceback_later()


def answer(number: int, path: bytes, ask: "Callable[[bytes], Numbers]") -> bytes:
    """Give the line that answers for one mount point."""
    try:
        values = ask(path)
    except OSError:
        return b"[%d]\n" % number
    parts = ("null" if value is None else str(int(value)) for value in values)
    return f"[{number}, {', '.join(parts)}]\n".encode()


if __name__ == "__main__":
    raise SystemExit(main())
