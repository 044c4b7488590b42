"""Runs an image as an engine would that gives nothing away: namespaces of its own, a root that can't be written to."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from agent import until

UID, GID = 23456, 34567  # nobody's
# What engines do before they start a program: mounts, a name, loopback. `/`, /proc and /sys are still the host's here.
_ENTER = """
set -e
hostname container
ip link set lo up
mount --make-rprivate /
mkdir -p "$ROOT/proc" "$ROOT/sys" "$ROOT/host/proc" "$ROOT/host/sys" "$ROOT/host/root"
mount --bind "$ROOT" "$ROOT"
mount --bind -o ro /proc "$ROOT/host/proc"
mount --rbind -o ro /sys "$ROOT/host/sys"
mount --rbind -o ro / "$ROOT/host/root"
mount -t proc proc "$ROOT/proc"
mount --bind "$VOLUME" "$ROOT$PLACE"
mount -o remount,bind,ro "$ROOT"
exec env --ignore-environment "$@"
"""
_FETCH = """
import sys, urllib.request
with urllib.request.urlopen(sys.argv[1], timeout=5) as answer:
    sys.stdout.write(answer.read().decode())
"""
Done = subprocess.CompletedProcess[str]


class Container:
    """A running container: what it answers, and what a command in it says."""

    def __init__(
        self, config: Mapping[str, Any], environ: Mapping[str, str], engine: "subprocess.Popen[bytes]"
    ) -> None:
        self._config, self._environ, self._engine = config, environ, engine
        self._children = Path(f"/proc/{engine.pid}/task/{engine.pid}/children")
        until(lambda: bool(self._children.read_text().strip()), what="the container's first process")
        self._first = int(self._children.read_text())

    @property
    def alive(self) -> bool:
        return self._engine.poll() is None

    def execute(self, *command: str) -> Done:
        """Run a command in it, as its user and with its environment."""
        user = ["--all", "--root", "--wd", f"--setuid={UID}", f"--setgid={GID}"]
        return self._enter(*user, "env", "--ignore-environment", *pairs(self._environ), *command)

    def check(self) -> Done:
        """Run its health check."""
        kind, *command = self._config["Healthcheck"]["Test"]
        assert kind == "CMD"
        return self.execute(*command)

    def fetch(self, url: str) -> str:
        """Ask for a page over its own loopback interface."""
        done = self._enter("--net", sys.executable, "-c", _FETCH, url)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def answers(self, url: str) -> bool:
        return self._enter("--net", sys.executable, "-c", _FETCH, url).returncode == 0

    def stop(self) -> int:
        """Ask its first process to end, as engines do; gives the exit code."""
        os.kill(self._first, signal.SIGTERM)
        return self._engine.wait(10)

    def _enter(self, *command: str) -> Done:
        enter = ["nsenter", f"--target={self._first}", *command]
        return subprocess.run(enter, capture_output=True, text=True, timeout=30, check=False)


def pairs(environ: Mapping[str, str]) -> list[str]:
    return [f"{name}={value}" for name, value in environ.items()]


@contextmanager
def container(config: Mapping[str, Any], root: Path, volume: Path, log: Path, **environ: str) -> Iterator[Container]:
    """Run an image, of which these are the configuration and the unpacked root, until the block ends."""
    (place,) = config["Volumes"]
    everything = dict(pair.split("=", 1) for pair in config["Env"]) | environ
    user = [f"--root={root}", f"--wd={config['WorkingDir']}", f"--setuid={UID}", f"--setgid={GID}"]
    program = [*pairs(everything), "unshare", *user, *config["Entrypoint"], *config["Cmd"]]
    isolate = ["unshare", "--mount", "--uts", "--net", "--ipc", "--pid", "--fork", "--kill-child"]
    with log.open("wb") as file:
        engine = subprocess.Popen(
            [*isolate, "sh", "-c", _ENTER, "sh", *program],
            env={"PATH": os.environ["PATH"], "ROOT": str(root), "VOLUME": str(volume), "PLACE": place},
            stdout=file,
            stderr=subprocess.STDOUT,
        )
        try:
            yield Container(config, everything, engine)
        finally:
            engine.kill()
            engine.wait(10)
