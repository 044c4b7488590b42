"""The window's process, as the resident sees it."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any, Protocol

from traybeat.host import spawn
from traybeat.model.errors import TraybeatError

HELPER = "window"
_LEAVE_SECONDS = 2.0


class Child(Protocol):
    """A window's process."""

    def send(self, **order: object) -> None:
        """Give it an order; one that is gone takes none."""

    def events(self) -> Iterator[dict[str, Any]]:
        """Give what it tells, until it has ended."""

    def end(self, *, gently: bool) -> int:
        """End it, and give the exit code."""


Launch = Callable[[Mapping[str, str]], Child]


class LaunchError(TraybeatError):
    """The window's process can't be started."""


def surroundings(environ: Mapping[str, str]) -> dict[str, str]:
    """Give the environment of the window: the session's, without anything of ours, which may hold secrets."""
    return {name: value for name, value in environ.items() if not name.startswith("TRAYBEAT_")}


class Process:
    """The real one; orders and events go through pipes."""

    def __init__(self, environ: Mapping[str, str], command: list[str] | None = None) -> None:
        try:
            self._process = subprocess.Popen(  # noqa: S603 (our own command line, and no shell)
                spawn.helper_command(HELPER) if command is None else command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=surroundings(environ),
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise LaunchError(f"the window can't be started: {error.strerror}") from None

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    def send(self, **order: object) -> None:
        """Give it an order."""
        if self._process.stdin is not None:
            with suppress(OSError, ValueError):
                self._process.stdin.write(json.dumps(order).encode() + b"\n")
                self._process.stdin.flush()

    def events(self) -> Iterator[dict[str, Any]]:
        """Give what it tells."""
        if self._process.stdout is None:
            return
        with self._process.stdout as lines:
            for line in lines:
                with suppress(ValueError):
                    told = json.loads(line)
                    if isinstance(told, dict):
                        yield told

    def end(self, *, gently: bool) -> int:
        """End it with all that it started itself; gently by letting it close its window first."""
        with suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()
        if gently:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_LEAVE_SECONDS)
        self._kill()  # where it is gone, what it started may still be there
        return self._process.wait()

    def _kill(self) -> None:
        with suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, 9)
            else:
                self._process.kill()
