"""Notifications on macOS, by the system's own osascript. They come in the name of its script editor."""

import subprocess
from collections.abc import Callable
from typing import Any

from traybeat.model.message import Unreachable

SECONDS = 10.0
# What is to be said are arguments of the script, never a part of it.
_SCRIPT = ("on run {heading, said}", "display notification said with title heading", "end run")


class OsaScript:
    """Shows notifications; `run` is subprocess.run."""

    def __init__(self, run: Callable[..., Any] = subprocess.run) -> None:
        self._run = run

    def capabilities(self) -> frozenset[str]:
        """Say that there is nothing beyond text."""
        return frozenset()

    def show(self, replaces: int, icon: str, title: str, body: str, urgency: int) -> int:  # noqa: ARG002 (macOS has no such things)
        """Show a notification beside those that are there; raises Unreachable."""
        lines = [word for line in _SCRIPT for word in ("-e", line)]
        try:
            self._run(
                ["/usr/bin/osascript", *lines, title, body],
                check=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=SECONDS,
            )
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            raise Unreachable(f"macOS does not show notifications here ({type(error).__name__})") from None
        return 0
