"""The way to the running instance: a local socket that only its own user can open, one JSON line each way."""

import hashlib
import json
import os
import socket
import stat
import struct
import sys
import tempfile
from pathlib import Path

from traybeat.host.paths import Paths
from traybeat.model.errors import TraybeatError

LARGEST_MESSAGE = 4_000_000
_LONGEST_SOCKET_PATH = 100  # macOS has room for 104 bytes with the closing zero, Linux for 108


class NotRunningError(TraybeatError):
    """No instance answers for this data directory."""


class UnsafeDirectoryError(TraybeatError):
    """The directory for the socket belongs to someone else, or others may write to it."""


def address(paths: Paths) -> str:
    """Give the socket's path, or on Windows the pipe's name; it follows from the data directory."""
    tag = hashlib.sha256(os.fsencode(paths.data)).hexdigest()[:16]
    if sys.platform == "win32":
        return rf"\\.\pipe\traybeat-{tag}"
    path = paths.runtime / f"{tag}.sock"
    if len(os.fsencode(path)) > _LONGEST_SOCKET_PATH:
        path = Path(tempfile.gettempdir(), f"traybeat-{os.getuid()}", f"{tag}.sock")
    return str(path)


def prepare(where: str) -> None:
    """Make the socket's directory ours alone; raises UnsafeDirectoryError or OSError."""
    if sys.platform == "win32":
        return
    directory = Path(where).parent
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise UnsafeDirectoryError(f"{directory} belongs to someone else; remove it, or set XDG_RUNTIME_DIR")
    if found.st_mode & 0o077:
        directory.chmod(0o700)


def same_user(connection: socket.socket) -> bool:
    """Say whether the other end is this user or root; where the system can't tell, the directory's mode decides."""
    if sys.platform != "linux":
        return True
    told = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _, uid, _ = struct.unpack("3i", told)
    return uid in (0, os.getuid())


def ask(where: str, request: str, timeout: float = 5.0, **details: str) -> object:
    """Send one request to the running instance and give its answer.

    Raises NotRunningError where nobody answers within `timeout` seconds, TraybeatError with what went wrong there.
    """
    try:
        line = _ask(where, json.dumps({"do": request, **details}).encode() + b"\n", timeout)
        answer = json.loads(line)
    except (OSError, ValueError) as error:
        raise NotRunningError("Traybeat does not run here; start it with: traybeat") from error
    if isinstance(answer, dict) and "error" in answer:
        raise TraybeatError(str(answer["error"]))
    return answer


if sys.platform == "win32":

    def _ask(where: str, line: bytes, timeout: float) -> bytes:  # noqa: ARG001 (a pipe's reads have no time-out)
        with Path(where).open("r+b", buffering=0) as pipe:
            pipe.write(line)
            return pipe.read(LARGEST_MESSAGE)

else:

    def _ask(where: str, line: bytes, timeout: float) -> bytes:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(timeout)
            connection.connect(where)
            connection.sendall(line)
            with connection.makefile("rb") as answer:
                return answer.readline(LARGEST_MESSAGE)
