"""The way to the running instance, which only its own user can take: one JSON line each way."""

import hashlib
import json
import os
import sys

from traybeat.host.paths import Paths
from traybeat.model.errors import TraybeatError

if sys.platform == "win32":
    from traybeat.host.windows import pipe as way
else:
    from traybeat.host.posix import local as way

LARGEST_MESSAGE = 4_000_000

listen = way.listen


class NotRunningError(TraybeatError):
    """No instance answers for this data directory."""


def address(paths: Paths) -> str:
    """Give the socket's path, or on Windows the pipe's name; it follows from the data directory."""
    return way.place(paths, hashlib.sha256(os.fsencode(paths.data)).hexdigest()[:16])


def ask(where: str, request: str, timeout: float = 5.0, **details: str) -> object:
    """Send one request to the running instance and give its answer.

    Raises NotRunningError where nobody answers within `timeout` seconds, TraybeatError with what went wrong there.
    """
    try:
        line = json.dumps({"do": request, **details}).encode() + b"\n"
        answer = json.loads(way.exchange(where, line, timeout, LARGEST_MESSAGE))
    except (OSError, ValueError) as error:
        raise NotRunningError("Traybeat does not run here; start it with: traybeat") from error
    if isinstance(answer, dict) and "error" in answer:
        raise TraybeatError(str(answer["error"]))
    return answer
