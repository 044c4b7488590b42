"""Traybeat set up by its pages, in a real browser: the welcome, settings, channels, secrets, keys."""

import json
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from agent import Agent, free_port, until
from dashboard import node
from dashboard.test_journeys import CHROMIUM

pytestmark = [
    pytest.mark.usefixtures("libraries"),
    pytest.mark.timeout(180),
    pytest.mark.skipif(sys.platform != "linux" or CHROMIUM is None, reason="needs Chromium on Linux"),
]
SETTINGS = """# my own words
appearance:
  theme: system  # and some more
"""


@contextmanager
def peer() -> Iterator[tuple[str, list[str]]]:
    """Somebody who takes messages at /here, and says at /gone that they have moved on; tells who was asked for what."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            asked.append(self.path)
            self.send_response(200 if self.path == "/here" else 410)
            self.end_headers()

        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()


def code(agent: Agent) -> str:
    """Ask for a code as the window's keeper does, on the way that only this user can take."""
    (place,) = (agent.home / "runtime").rglob("*.sock")
    with socket.socket(getattr(socket, "AF_UNIX")) as way:  # noqa: B009 (Windows' Python has none, says its typing)
        way.connect(str(place))
        way.sendall(b'{"do": "code"}\n')
        return str(json.loads(way.makefile().readline())["code"])


def edit(agent: Agent, change: str) -> str:
    """Change the settings file by hand, as an editor does."""
    before, after = change.split(" -> ")
    text = agent.settings.read_text("utf-8")
    assert before in text, text
    agent.write(text.replace(before, after))
    return "done"


def answered(talk: Mapping[str, Callable[[str], str]], line: str) -> str | None:
    """Give what a script that says please is to hear."""
    polite, _, wish = line.rstrip("\n").partition("please ")
    verb, _, rest = wish.partition(" ")
    return talk[verb](rest) if not polite and verb in talk else None


def test_traybeat_is_set_up_by_its_pages(tmp_path_factory: pytest.TempPathFactory) -> None:
    home, port = tmp_path_factory.mktemp("up"), free_port()  # short, as the paths of sockets must be
    environ = {
        "TRAYBEAT_API__REQUESTS_PER_HOUR": "100000",
        "TRAYBEAT_LIMITS__CPU_PERCENT": "90",
        "TRAYBEAT_LIMITS__MEMORY_MB": "4096",
        "TRAYBEAT_EXPORTER__PORT": str(port),
        "XDG_CONFIG_HOME": str(home / "xdg"),
        "DBUS_SESSION_BUS_ADDRESS": "",
    }
    agent = Agent(home, port, SETTINGS, **environ)
    talk = {"code": lambda _: code(agent), "edit": lambda change: edit(agent, change)}
    with agent.running(), peer() as (elsewhere, asked):
        until(lambda: agent.answers(agent.dashboard), 30, "the dashboard")
        keys = [agent.command("key", "create", one, "--scope", one).stdout.strip() for one in ("admin", "viewer")]
        places = (f"http://127.0.0.1:{agent.dashboard}", *keys, f"http://127.0.0.1:{port}/metrics", elsewhere)
        with node.started("tests/browser/setting-up.mjs", *places) as browser:
            assert browser.stdin is not None
            assert browser.stdout is not None
            told = []
            for line in browser.stdout:
                told.append(line)
                if (answer := answered(talk, line)) is not None:
                    print(answer, file=browser.stdin, flush=True)
            assert browser.wait(20) == 0, "".join(told)
    assert asked == ["/gone", "/here"]
    written = agent.settings.read_text("utf-8")
    assert "# my own words" in written
    assert "# and some more" in written
    assert "interval_seconds: 1\n" in written
    assert "hush" not in written
    assert [*(home / "xdg").rglob("*.desktop")]
