"""A local socket in a directory that only its own user can enter."""

import os
import socket
import stat
import struct
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from traybeat.host.paths import Paths
from traybeat.model.errors import TraybeatError

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter

assert sys.platform != "win32"  # noqa: S101 (for the type checker: Windows' Python lacks half of what is used here)

_LONGEST_PATH = 100  # macOS has room for 104 bytes with the closing zero, Linux for 108
_MOST_BYTES = 65_536


class UnsafeDirectoryError(TraybeatError):
    """The directory for the socket belongs to someone else, or others may write to it."""


def place(paths: Paths, tag: str) -> str:
    """Give the socket's path."""
    path = paths.runtime / f"{tag}.sock"
    if len(os.fsencode(path)) > _LONGEST_PATH:
        path = Path(tempfile.gettempdir(), f"traybeat-{os.getuid()}", f"{tag}.sock")
    return str(path)


def prepare(directory: Path) -> None:
    """Make the socket's directory ours alone; raises UnsafeDirectoryError or OSError."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise UnsafeDirectoryError(f"{directory} belongs to someone else; remove it, or set XDG_RUNTIME_DIR")
    if found.st_mode & 0o077:
        directory.chmod(0o700)


async def listen(where: str, answer: "Callable[[StreamReader, StreamWriter], Awaitable[None]]") -> Callable[[], None]:
    """Hand every connection of this user's to `answer`; gives what ends it. Raises OSError or TraybeatError."""
    import asyncio  # `traybeat status` does without

    async def vetted(reader: "StreamReader", writer: "StreamWriter") -> None:
        if _same_user(writer.get_extra_info("socket")):
            await answer(reader, writer)
        else:
            writer.close()

    path = Path(where)
    prepare(path.parent)
    server = await asyncio.start_unix_server(vetted, path, limit=_MOST_BYTES)
    path.chmod(0o600)

    def close() -> None:
        server.close()
        path.unlink(missing_ok=True)

    return close


def exchange(where: str, line: bytes, timeout: float, most: int) -> bytes:
    """Send a line and give the line of at most `most` bytes that answers it; raises OSError, if only for the time."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(timeout)
        connection.connect(where)
        connection.sendall(line)
        with connection.makefile("rb") as answer:
            return answer.readline(most)


if sys.platform == "linux":

    def _peer(connection: socket.socket) -> int | None:
        """Give the other end's user."""
        told = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        return int(struct.unpack("3i", told)[1])

elif sys.platform == "darwin":

    def _peer(connection: socket.socket) -> int | None:
        """Give the other end's user: SOL_LOCAL and LOCAL_PEERCRED of sys/un.h, xucred of sys/ucred.h."""
        try:
            version, user = struct.unpack_from("2I", connection.getsockopt(0, 1, 76))
        except (OSError, struct.error):
            return os.getuid()  # the directory's mode keeps others out
        return int(user) if version == 0 else None

else:

    def _peer(connection: socket.socket) -> int | None:  # noqa: ARG001 (the system is not asked)
        """Leave it to the directory's mode."""
        return os.getuid()


def _same_user(connection: socket.socket) -> bool:
    """Say whether the other end is this user or root."""
    return _peer(connection) in (0, os.getuid())
