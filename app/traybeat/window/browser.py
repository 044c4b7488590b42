"""The default browser, where there is no web view.

The one-time code must be in no argument and no log, so that the browser is handed a file that only this user can read,
and that leads on at once. It is gone before long, and the code with its first use.
"""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from traybeat.host.files import write_private
from traybeat.host.session import graphical
from traybeat.model.errors import TraybeatError, UnsafeDirectoryError

KEEP_SECONDS = 30.0
_PATIENCE_SECONDS = 5.0
_NAME = "open-{}.html"
_PAGE = """\
<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer">\
<meta http-equiv="refresh" content="0;url={url}"><title>Traybeat</title><a href="{url}">Traybeat</a>
"""
OPENERS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "linux": (("xdg-open",), ("gio", "open"), ("x-www-browser",)),
    "darwin": (("open",),),
}

Run = Callable[[Sequence[str], Mapping[str, str]], bool]


class NoBrowserError(TraybeatError):
    """No browser could be opened."""


def run(command: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Start a program and say whether it went well, or is at it still after some seconds."""
    try:
        process = subprocess.Popen(  # noqa: S603 (a fixed program, a file of our own, and no shell)
            command,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return False
    try:
        return process.wait(_PATIENCE_SECONDS) == 0
    except subprocess.TimeoutExpired:
        return True


if sys.platform == "win32":

    def prepare(directory: Path) -> None:
        """Make the directory; the user's own keeps others out."""
        directory.mkdir(parents=True, exist_ok=True)

    def hand_over(path: Path, environ: Mapping[str, str], run: Run = run) -> bool:  # noqa: ARG001 (the shell does it)
        """Open a file with what the user opens such files with."""
        try:
            os.startfile(path)  # noqa: S606 (a file of our own)
        except OSError:
            return False
        return True

else:
    from traybeat.host.posix.local import prepare

    def hand_over(path: Path, environ: Mapping[str, str], run: Run = run) -> bool:
        """Open a file with what the user opens such files with."""
        if not graphical(environ):
            return False  # or a browser for terminals would open where nobody sees it
        openers = OPENERS["darwin" if sys.platform == "darwin" else "linux"]
        return any(run((*opener, str(path)), environ) for opener in openers)


class Browser:
    """Opens addresses in the default browser, and takes the files for it away again."""

    def __init__(
        self,
        directory: Path,
        hand_over: Callable[[Path, Mapping[str, str]], bool] = hand_over,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._directory = directory
        self._hand_over = hand_over
        self._now = now

    def open(self, url: str, environ: Mapping[str, str]) -> None:
        """Open an address; raises NoBrowserError."""
        path = self._directory / _NAME.format(f"{os.getpid()}-{time.monotonic_ns()}")
        try:
            prepare(self._directory)
            from html import escape  # every entity there is comes along, for those who have no web view

            write_private(path, _PAGE.format(url=escape(url)).encode())
        except OSError as error:
            raise NoBrowserError(f"{self._directory} can't be written: {error.strerror}") from None
        except UnsafeDirectoryError as error:
            raise NoBrowserError(str(error)) from None
        if not self._hand_over(path, environ):
            with contextlib.suppress(OSError):
                path.unlink()
            raise NoBrowserError("no browser could be opened here")

    def tidy(self) -> float | None:
        """Delete the files that have served; gives the seconds until there is more to do, None where there is not."""
        left = None
        with contextlib.suppress(OSError):
            for path in self._directory.glob(_NAME.format("*")):
                age = self._now() - path.stat().st_mtime
                if 0 <= age < KEEP_SECONDS:
                    left = max(left or 0.0, KEEP_SECONDS - age)
                else:
                    path.unlink()
        return left
