"""Starts short-lived copies of ourselves, for what may hang or is heavy."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO, Protocol

# What a copy needs to find itself, Python and the system's libraries; nothing else is its business.
_ENVIRONMENT = (
    *("APPDATA", "HOME", "LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH", "SYSTEMROOT", "USERPROFILE"),
    *("PYTHONUSERBASE", "__PYVENV_LAUNCHER__"),
)
_FAREWELL_SECONDS = 0.2


class Process(Protocol):
    """What is asked of a process that was started."""

    @property
    def pid(self) -> int:
        """Give its number."""

    def poll(self) -> int | None:
        """Give the exit code once it has ended, None before."""

    def kill(self) -> None:
        """End it at once, where it can be ended."""

    def wait(self, timeout: float) -> int:
        """Wait until it has ended; raises subprocess.TimeoutExpired."""


def helper_command(
    helper: str, executable: str = sys.executable, *, frozen: bool = getattr(sys, "frozen", False)
) -> list[str]:
    """Give the command line that runs a helper.

    `-P` keeps a `traybeat` in the current folder from being taken for ours. `-I` would do so too, but hides packages
    that were installed for one user, and is no faster.
    """
    if frozen:
        return [executable, "--helper", helper]
    return [executable, "-P", "-m", "traybeat", "--helper", helper]


def environment(ours: Mapping[str, str], more: Sequence[str] = ()) -> dict[str, str]:
    """Give the part of our environment that helpers get, and what a helper needs beside."""
    return {name: ours[name] for name in (*_ENVIRONMENT, *more) if name in ours}


def start(arguments: list[str], stdin: IO[bytes], stdout: IO[bytes]) -> Process:
    """Start a process between two files, away from our terminal's signals and without a window; raises OSError."""
    return subprocess.Popen(  # noqa: S603 (our own command line, and no shell)
        arguments,
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.DEVNULL,
        env=environment(os.environ),
        close_fds=True,
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def converse(arguments: list[str], request: bytes, seconds: float, more: Sequence[str] = ()) -> bytes:
    """Start a helper, hand it a request and give its answer, all through pipes: nothing of it is on a disk.

    `more` names further variables of our environment that it gets. Raises OSError, and TimeoutError once it has been
    ended for not answering within so many seconds.
    """
    with subprocess.Popen(  # noqa: S603 (our own command line, and no shell)
        arguments,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(os.environ, more),
        close_fds=True,
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    ) as process:
        try:
            return process.communicate(request, seconds)[0]
        except subprocess.TimeoutExpired:
            process.kill()
            raise TimeoutError(f"no answer within {seconds:.0f} s") from None


def end(process: Process) -> None:
    """Kill a process, and give it a moment to go."""
    process.kill()
    with suppress(subprocess.TimeoutExpired):
        process.wait(_FAREWELL_SECONDS)


def scratch() -> IO[bytes]:
    """Give a nameless file; in memory where the system can, as a container may have nothing to write to.

    Files rather than pipes: nobody ever waits for the other side of a file to read or to write.
    """
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("traybeat"), "w+b")
    from tempfile import TemporaryFile  # elsewhere only

    return TemporaryFile()
