"""Notifications on a real session bus, shown by a real notification daemon on a screen without a monitor."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from agent import until
from counterparts import message, notice
from servers import needs
from traybeat.channels.desktop import Desktop, SessionBus, session_bus

pytestmark = [needs("Xvfb"), needs("dbus-daemon"), needs("dunst")]


@pytest.fixture
def session(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A screen, a bus and dunst; gives the environment that programs of the session see."""
    environ = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    with ExitStack() as stack:

        def start(*command: str, **streams: int) -> "subprocess.Popen[str]":
            process = subprocess.Popen(command, env=environ, text=True, stderr=subprocess.DEVNULL, **streams)  # type: ignore[call-overload]
            stack.enter_context(process)
            stack.callback(process.kill)
            return process  # type: ignore[no-any-return]

        screen = start("Xvfb", "-displayfd", "1", "-noreset", "-screen", "0", "800x600x24", stdout=subprocess.PIPE)
        bus = start("dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address", stdout=subprocess.PIPE)
        assert screen.stdout
        assert bus.stdout
        environ["DISPLAY"] = f":{screen.stdout.readline().strip()}"
        environ["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
        start("dunst")
        until(lambda: dunstctl(environ, "count") is not None, 20, "dunst")
        yield environ


def dunstctl(environ: dict[str, str], *arguments: str) -> str | None:
    done = subprocess.run(["dunstctl", *arguments], env=environ, capture_output=True, text=True, check=False)
    return None if done.returncode else done.stdout


@pytest.mark.skipif(shutil.which("dunstctl") is None, reason="dunst's own tool is not installed")
def test_a_real_daemon_shows_an_alert_and_its_end_in_its_place(session: dict[str, str]) -> None:
    address = session_bus(session)
    assert address is not None
    desktop = Desktop(SessionBus(address))
    desktop.send(message(notice(severity="critical", text="<b>97 %</b> & more")))
    assert dunstctl(session, "count", "displayed") == "1\n"
    desktop.send(message(notice(severity="critical", event="resolved")))
    assert dunstctl(session, "count", "displayed") == "1\n"
    desktop.send(message(notice(alert="other")))
    until(lambda: dunstctl(session, "count", "displayed") == "2\n", what="the second notification")
    dunstctl(session, "close-all")
    shown = json.loads(dunstctl(session, "history") or "{}")["data"][0]
    assert {one["summary"]["data"] for one in shown} == {"[resolved] CPU busy on box", "[warning] CPU busy on box"}
    assert all(one["appname"]["data"] == "Traybeat" for one in shown)
