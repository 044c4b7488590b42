"""Start at login by the registry's Run key.

What the user switches off in the Task Manager is marked in StartupApproved: an odd first byte is off. An administrator
may start it for everybody by the machine's own Run key; the user's is then left out: a second start opens the window.
"""

import subprocess
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from traybeat.host.autostart import AutostartError, Entry, compared

NAME = "Traybeat"
RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
APPROVED = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
_LONGEST = 260
_PLACE = rf"HKEY_CURRENT_USER\{RUN}\{NAME}"
_MACHINES = rf"HKEY_LOCAL_MACHINE\{RUN}\{NAME}"


class RunKey:
    """One value under the user's Run key; without it, it is off. `registry` is the module winreg."""

    def __init__(self, registry: Any, command: Sequence[str]) -> None:
        self._registry = registry
        self._command = subprocess.list2cmdline(command)
        if command and not self._command.startswith('"'):
            # A path without blanks needs none, but a Run entry without quotes invites others to stand in its way.
            self._command = f'"{command[0]}"' + self._command[len(command[0]) :]

    def entry(self) -> Entry:
        """Look whether the value is there, and not switched off in the Task Manager."""
        try:
            if self._for_everybody():
                return Entry(on=True, place=_MACHINES)
            found = self._value(RUN)
            approved = self._value(APPROVED)
        except OSError as error:
            raise AutostartError(f"{_PLACE} can't be read: {error.strerror}") from None
        if found is None:
            return Entry(on=False, place=_PLACE)
        if isinstance(approved, bytes) and approved[:1] and approved[0] & 1:
            return Entry(on=False, place=_PLACE, problem="it is switched off in the Task Manager")
        return compared(str(found), self._command, _PLACE)

    def switch(self, *, on: bool) -> Entry:
        """Write the value, or take it away, and with it what the Task Manager has noted about it."""
        if on and len(self._command) > _LONGEST:
            raise AutostartError(
                f"the command is longer than the {_LONGEST} characters that Windows takes; "
                "install Traybeat in a folder with a shorter path"
            )
        try:
            everybody = self._for_everybody()
            if everybody and not on:
                raise AutostartError(
                    f"the administrator of this machine has Traybeat start for everybody ({_MACHINES}), "
                    "and alone can switch that off"
                )
            self._forget(APPROVED)
            if on and not everybody:
                with self._registry.CreateKey(self._registry.HKEY_CURRENT_USER, RUN) as key:
                    self._registry.SetValueEx(key, NAME, 0, self._registry.REG_SZ, self._command)
            else:
                self._forget(RUN)
        except OSError as error:
            raise AutostartError(f"{_PLACE} can't be changed: {error.strerror}") from None
        return self.entry()

    def _for_everybody(self) -> bool:
        return self._value(RUN, self._registry.HKEY_LOCAL_MACHINE) is not None

    def _value(self, path: str, root: Any = None) -> Any:
        try:
            with self._registry.OpenKey(root or self._registry.HKEY_CURRENT_USER, path) as key:
                return self._registry.QueryValueEx(key, NAME)[0]
        except FileNotFoundError:
            return None

    def _forget(self, path: str) -> None:
        registry = self._registry
        with (
            suppress(FileNotFoundError),
            registry.OpenKey(registry.HKEY_CURRENT_USER, path, 0, registry.KEY_SET_VALUE) as key,
        ):
            registry.DeleteValue(key, NAME)
