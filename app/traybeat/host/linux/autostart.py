"""Start at login by the XDG autostart folder.

https://specifications.freedesktop.org/autostart-spec/latest/ and, for `Exec`,
https://specifications.freedesktop.org/desktop-entry-spec/latest/exec-variables.html
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from traybeat.host.autostart import AutostartError, Entry, compared
from traybeat.host.files import write_private

NAME = "traybeat.desktop"
_OFF = ("Hidden=true", "X-GNOME-Autostart-enabled=false")
_TEMPLATE = """\
[Desktop Entry]
Type=Application
Name=Traybeat
Comment=A heartbeat of your machine in the tray
Icon=traybeat
Exec={command}
Terminal=false
StartupNotify=false
X-GNOME-Autostart-enabled=true
"""


def folder(environ: Mapping[str, str], home: Path) -> Path:
    """Find the folder of what starts with the user's session."""
    config = environ.get("XDG_CONFIG_HOME", "")
    return (Path(config) if config.startswith("/") else home / ".config") / "autostart"


def written(command: Sequence[str]) -> str:
    """Write a command as the value of `Exec`: quoted, then escaped as every value of a desktop entry is."""
    return " ".join(map(_argument, command)).replace("\\", "\\\\")


def _argument(argument: str) -> str:
    for special in '\\"`$':
        argument = argument.replace(special, f"\\{special}")
    return '"' + argument.replace("%", "%%") + '"'


class XdgAutostart:
    """One file in the autostart folder; without it, it is off."""

    def __init__(self, directory: Path, command: Sequence[str]) -> None:
        self._path = directory / NAME
        self._command = written(command)

    def entry(self) -> Entry:
        """Look whether the file is there, and in force."""
        try:
            lines = [line.strip() for line in self._path.read_text("utf-8", "replace").splitlines()]
        except FileNotFoundError:
            return Entry(on=False, place=str(self._path))
        except OSError as error:
            raise AutostartError(f"{self._path} can't be read: {error.strerror}") from None
        if any(line.replace(" ", "") in _OFF for line in lines):
            return Entry(on=False, place=str(self._path))
        found = next((line.partition("=")[2].strip() for line in lines if line.startswith("Exec")), "")
        return compared(found, self._command, str(self._path))

    def switch(self, *, on: bool) -> Entry:
        """Write the file, or take it away."""
        if any(character in self._command for character in "\n\r"):
            raise AutostartError("the path of Traybeat has a line break in it, which no desktop entry can name")
        try:
            if on:
                write_private(self._path, _TEMPLATE.format(command=self._command).encode())
            else:
                self._path.unlink(missing_ok=True)
        except OSError as error:
            raise AutostartError(f"{self._path} can't be changed: {error.strerror}") from None
        return self.entry()
