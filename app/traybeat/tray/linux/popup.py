"""The menu and the tooltip of an icon whose tray has none, as the resident sees them: a short-lived process each."""

import json
import os
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Any, NamedTuple

from traybeat.host import spawn
from traybeat.host.session import VARIABLES
from traybeat.tray.menu import Entry

HELPER = "popup"
FAREWELL_SECONDS = 1.0
# Where fonts and how texts are read may be said there.
_MORE = (*VARIABLES, "LANG", "LC_ALL", "LC_CTYPE", "FONTCONFIG_FILE", "FONTCONFIG_PATH", "XDG_CONFIG_HOME", "PATH")


class Anchor(NamedTuple):
    """What it is to stand beside, in the screen's pixels."""

    x: int
    y: int
    width: int
    height: int


def start() -> "subprocess.Popen[bytes]":
    """Start the process that shows one menu or one tooltip; raises OSError."""
    return subprocess.Popen(  # noqa: S603 (our own command line, and no shell)
        spawn.helper_command(HELPER),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=spawn.environment(os.environ, _MORE),
        close_fds=True,
        start_new_session=True,
    )


class Popup:
    """At most one menu or tooltip, and what was chosen in it."""

    def __init__(self, start: "Callable[[], subprocess.Popen[bytes]]" = start) -> None:
        self._start = start
        self._process: subprocess.Popen[bytes] | None = None
        self._keys: frozenset[str] = frozenset()
        self._told = b""

    def menu(self, entries: Sequence[Entry], anchor: Anchor) -> None:
        """Show a menu beside the anchor."""
        self._keys = frozenset(_keys(entries))
        self._open({"entries": [asdict(entry) for entry in entries], "anchor": anchor})

    def tooltip(self, lines: Sequence[str], anchor: Anchor) -> None:
        """Show lines beside the anchor, unless a menu is open."""
        if self._process is None and lines:
            self._keys = frozenset()
            self._open({"lines": list(lines), "anchor": anchor})

    def _open(self, request: Mapping[str, Any]) -> None:
        self.close()
        with suppress(OSError):
            self._process = self._start()
            if self._process.stdin is not None:
                self._process.stdin.write(json.dumps(request).encode() + b"\n")
                self._process.stdin.flush()

    def fileno(self) -> int | None:
        """Give what becomes readable once there is something to ask `chosen` for."""
        return self._process.stdout.fileno() if self._process is not None and self._process.stdout else None

    def chosen(self) -> str | None:
        """Give the key of what was chosen, once it was; None where nothing was, or not yet."""
        source, part = self.fileno(), b""
        with suppress(OSError):
            part = b"" if source is None else os.read(source, 4096)
        self._told += part
        if part and b"\n" not in self._told:
            return None
        key = self._told.strip().decode("utf-8", "replace")
        if self._process is not None:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(FAREWELL_SECONDS)
        self.close()
        return key if key in self._keys else None

    def close_tooltip(self) -> None:
        """Take a tooltip away; a menu stays until it is closed by whoever opened it."""
        if not self._keys:
            self.close()

    def close(self) -> None:
        """Take away whatever is shown."""
        process, self._process, self._told = self._process, None, b""
        if process is None:
            return
        process.kill()
        for end in (process.stdin, process.stdout):
            with suppress(OSError):
                if end is not None:
                    end.close()
        process.wait()


def _keys(entries: Iterable[Entry]) -> Iterable[str]:
    for entry in entries:
        if entry.key is not None:
            yield entry.key
        yield from _keys(entry.children)
