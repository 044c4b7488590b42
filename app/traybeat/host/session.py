"""The desktop session that a process belongs to, as its environment tells."""

import sys
from collections.abc import Mapping

# What a program needs to show itself in somebody's session.
VARIABLES = (
    *("DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS"),
    *("XDG_RUNTIME_DIR", "XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE"),
)


def graphical(environ: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Say whether there is a screen to show anything on; Windows and macOS are taken to have one."""
    return platform != "linux" or bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def described(environ: Mapping[str, str]) -> dict[str, str]:
    """Pick what describes the session, for a process outside of it."""
    return {name: environ[name] for name in VARIABLES if environ.get(name)}
