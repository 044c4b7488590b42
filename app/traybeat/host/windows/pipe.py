"""A named pipe. Windows lets its own user, administrators and the system write to it, and everybody else only read."""

import errno
import time
from collections.abc import Awaitable, Callable
from io import BufferedReader, FileIO
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any

from traybeat.host.paths import Paths

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter

# ERROR_PIPE_BUSY, as the C library tells it: between one connection and the next there is nobody to take it.
_BUSY = errno.EINVAL
_PAUSE_SECONDS = 0.02


def place(paths: Paths, tag: str) -> str:  # noqa: ARG001 (pipes have a tree of their own)
    """Give the pipe's name."""
    return rf"\\.\pipe\traybeat-{tag}"


async def listen(where: str, answer: "Callable[[StreamReader, StreamWriter], Awaitable[None]]") -> Callable[[], None]:
    """Hand every connection to `answer`; gives what ends it. Raises OSError where the name is taken."""
    import asyncio  # `traybeat status` does without

    loop: Any = asyncio.get_running_loop()  # the proactor, which alone knows pipes

    def protocol() -> asyncio.StreamReaderProtocol:
        return asyncio.StreamReaderProtocol(asyncio.StreamReader(), answer)

    (server,) = await loop.start_serving_pipe(protocol, where)
    close: Callable[[], None] = server.close
    return close


def exchange(where: str, line: bytes, timeout: float, most: int) -> bytes:
    """Send a line and give the line of at most `most` bytes that answers it; raises OSError, if only for the time.

    Reading from a pipe has no time-out, so that a thread does it; one that waits in vain ends with the program.
    """
    answers: SimpleQueue[bytes | OSError] = SimpleQueue()
    deadline = time.monotonic() + timeout

    def wait() -> None:
        try:
            answers.put(_exchange(where, line, deadline, most))
        except OSError as error:
            answers.put(error)

    Thread(target=wait, daemon=True).start()
    try:
        answer = answers.get(timeout=timeout)
    except Empty:
        raise TimeoutError from None
    if isinstance(answer, OSError):
        raise answer
    return answer


def _exchange(where: str, line: bytes, deadline: float, most: int) -> bytes:
    pipe = _open(where, deadline)
    with BufferedReader(pipe) as answer:
        pipe.write(line)
        return answer.readline(most)


def _open(where: str, deadline: float) -> FileIO:
    while True:
        try:
            return FileIO(where, "r+")
        except OSError as error:
            if error.errno != _BUSY or time.monotonic() > deadline:
                raise
        time.sleep(_PAUSE_SECONDS)
