"""Start at login: what is common to the systems, each of which has its own way."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from traybeat.model.errors import TraybeatError


class AutostartError(TraybeatError):
    """Start at login can't be read or changed; the text says what to do."""


class Entry(NamedTuple):
    """How it is: on or off, where that is written, and what is wrong with it, if anything."""

    on: bool
    place: str
    problem: str | None = None


class Autostart(Protocol):
    """The system's list of what starts with the user's session."""

    def entry(self) -> Entry:
        """Look; raises AutostartError."""

    def switch(self, *, on: bool) -> Entry:
        """Switch it on or off, and give how it is then; raises AutostartError."""


def command(
    directories: Sequence[str] = (),
    executable: str = sys.executable,
    *,
    frozen: bool = getattr(sys, "frozen", False),
    windows: bool = sys.platform == "win32",
) -> tuple[str, ...]:
    """Give the command that starts this very program again, by its absolute path.

    `directories` are the options that name directories of the user's own. On Windows, the program without a console is
    taken where there is one.
    """
    program = Path(executable).absolute()
    quiet = program.with_name("traybeatw.exe" if frozen else "pythonw.exe")
    if windows and quiet.exists():
        program = quiet
    if frozen:
        return (str(program), *directories)
    return (str(program), "-P", "-m", "traybeat", *directories)


def compared(found: str, expected: str, place: str) -> Entry:
    """Give an entry that is on; one that starts another program is told."""
    if found == expected:
        return Entry(on=True, place=place)
    return Entry(on=True, place=place, problem="it starts another copy of Traybeat; switch it on again to mend that")
