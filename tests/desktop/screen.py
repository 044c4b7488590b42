"""A screen without a monitor, with a session's bus and a window manager: enough for windows and keyrings."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from agent import until


def _start(stack: ExitStack, environ: dict[str, str], *command: str, output: bool = False) -> str:
    process = subprocess.Popen(
        command,
        env=environ,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if output else subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    stack.enter_context(process)
    stack.callback(process.kill)
    return process.stdout.readline().strip() if process.stdout else ""


def surroundings(home: Path) -> dict[str, str]:
    """Give the environment of a user who has nothing yet, and of no session."""
    runtime = home / "runtime"
    runtime.mkdir(mode=0o700, parents=True, exist_ok=True)
    dropped = ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_", "XDG_", "TRAYBEAT_", "GNOME_KEYRING")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    return kept | {"HOME": str(home), "XDG_RUNTIME_DIR": str(runtime), "NO_AT_BRIDGE": "1", "GTK_A11Y": "none"}


@contextmanager
def bus(home: Path, *, activates: bool = True) -> Iterator[dict[str, str]]:
    """Run a session's bus; one that activates nothing has no keyring and no notifications but those started by hand."""
    environ = surroundings(home)
    config = home / "bus.conf"
    config.write_text(
        '<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><policy context="default"><allow user="*"/>'
        '<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>'
        f"{'<standard_session_servicedirs/>' if activates else ''}</busconfig>",
        "utf-8",
    )
    with ExitStack() as stack:
        address = _start(
            stack, environ, "dbus-daemon", f"--config-file={config}", "--nofork", "--print-address", output=True
        )
        yield environ | {"DBUS_SESSION_BUS_ADDRESS": address}


@contextmanager
def screen(home: Path, *, activates: bool = False) -> Iterator[dict[str, str]]:
    """Run a screen with a window manager and a bus; gives the environment that programs of the session see."""
    with bus(home, activates=activates) as environ, ExitStack() as stack:
        number = _start(
            stack, environ, "Xvfb", "-displayfd", "1", "-noreset", "-screen", "0", "1280x800x24", output=True
        )
        environ["DISPLAY"] = f":{number}"
        _start(stack, environ, "openbox")
        until(lambda: "window id" in told(environ, "xprop", "-root", "_NET_SUPPORTING_WM_CHECK"), what="the manager")
        yield environ


def told(environ: dict[str, str], *command: str) -> str:
    """Run a program of the session and give what it says."""
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=20).stdout
