"""Start at login by a LaunchAgent; launchd reads it at the next login. See launchd.plist(5)."""

import plistlib
from collections.abc import Sequence
from pathlib import Path
from xml.parsers.expat import ExpatError

from traybeat.host.autostart import AutostartError, Entry, compared
from traybeat.host.files import write_private

LABEL = "traybeat"


class LaunchAgent:
    """One property list in the user's LaunchAgents folder; without it, it is off."""

    def __init__(self, home: Path, command: Sequence[str]) -> None:
        self._path = home / "Library" / "LaunchAgents" / f"{LABEL}.plist"
        self._command = list(command)

    def entry(self) -> Entry:
        """Look whether the file is there, and in force."""
        place = str(self._path)
        try:
            found = plistlib.loads(self._path.read_bytes())
        except FileNotFoundError:
            return Entry(on=False, place=place)
        except OSError as error:
            raise AutostartError(f"{place} can't be read: {error.strerror}") from None
        except (ValueError, ExpatError, plistlib.InvalidFileException):
            return Entry(on=False, place=place, problem="it is damaged; switch it on again to mend that")
        if found.get("Disabled") or not found.get("RunAtLoad"):
            return Entry(on=False, place=place)
        return compared("\0".join(map(str, found.get("ProgramArguments", ()))), "\0".join(self._command), place)

    def switch(self, *, on: bool) -> Entry:
        """Write the file, or take it away."""
        agent = {
            "Label": LABEL,
            "ProgramArguments": self._command,
            "RunAtLoad": True,
            "LimitLoadToSessionType": "Aqua",
            "ProcessType": "Interactive",
        }
        try:
            if on:
                write_private(self._path, plistlib.dumps(agent))
            else:
                self._path.unlink(missing_ok=True)
        except OSError as error:
            raise AutostartError(f"{self._path} can't be changed: {error.strerror}") from None
        return self.entry()
