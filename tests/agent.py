"""The real program, started as a user starts it, with directories of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

COMMAND = [sys.executable, "-m", "traybeat"]
START_SECONDS = 30.0

if sys.platform == "win32":
    # There is no other signal that a program can send to another there, and this one only to a group of its own.
    END = INTERRUPT = signal.CTRL_BREAK_EVENT
    GROUP = subprocess.CREATE_NEW_PROCESS_GROUP
else:
    END, INTERRUPT = signal.SIGTERM, signal.SIGINT
    GROUP = 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition: Callable[[], bool], seconds: float = 10.0, what: str = "it") -> None:
    """Wait for something another process does; fails with `what` when it does not come about."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not come about within {seconds} s"
        time.sleep(0.02)


class Agent:
    """One running instance and its files."""

    command_line: Sequence[str] = COMMAND

    def __init__(self, home: Path, port: int, settings: str | None = None, **environ: str) -> None:
        self.home, self.port = home, port
        self.dashboard = free_port()
        self.config, self.data = home / "config", home / "data"
        self.settings = self.config / "settings.yaml"
        self.environ = {name: value for name, value in os.environ.items() if not name.startswith("TRAYBEAT_")} | {
            "TRAYBEAT_CONFIG_DIR": str(self.config),
            "TRAYBEAT_DATA_DIR": str(self.data),
            "XDG_RUNTIME_DIR": str(home / "runtime"),
            "PYTHONIOENCODING": "utf-8",
            "TRAYBEAT_DASHBOARD__PORT": str(self.dashboard),
            **environ,
        }
        (home / "runtime").mkdir(mode=0o700, exist_ok=True)
        if settings is None:
            self.environ.setdefault("TRAYBEAT_EXPORTER__PORT", str(port))
        else:
            self.write(settings)

    def write(self, settings: str) -> None:
        self.config.mkdir(parents=True, exist_ok=True)
        beside = self.config / "new"
        beside.write_text(settings, "utf-8")
        beside.replace(self.settings)

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [*self.command_line, *arguments],
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            creationflags=GROUP,
        )

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*self.command_line, *arguments],
            env=self.environ,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    def status(self) -> Any:
        return json.loads(self.command("status", "--json").stdout)

    def metrics(self, path: str = "/metrics", port: int | None = None) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{port or self.port}{path}", timeout=5) as answer:
            text = answer.read().decode()
        assert isinstance(text, str)
        return text

    def answers(self, port: int | None = None) -> bool:
        try:
            self.metrics("/healthz", port)
        except OSError:
            return False
        return True

    @contextmanager
    def running(self, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
        """Run until the block ends, then end it as a service manager would, and see that it ends well."""
        process = self.start("--headless", *arguments)
        try:
            until(lambda: self.answers() or process.poll() is not None, START_SECONDS, "the first answer")
            yield process
            process.send_signal(END)
            out, err = process.communicate(timeout=10)
            assert process.returncode == 0, err or out
        finally:
            if process.poll() is None:
                process.kill()
                process.communicate()


def values(metrics: str) -> dict[str, float]:
    """Read the text format into values by series, as written."""
    found = {}
    for line in metrics.splitlines():
        if line and not line.startswith("#"):
            series, _, value = line.rpartition(" ")
            found[series] = float(value)
    return found
