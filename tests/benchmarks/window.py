"""What the window costs: python tests/benchmarks/window.py [--windows 20].

Linux only, on a screen without a monitor (Xvfb, openbox, xdotool, ImageMagick). Runs the real program and its
dashboard, with a history of a minute. Prints a Markdown table for docs/performance.md.

The first chart is there once the page shows the colours that only lines and their legends have, as screenshots tell
that are taken one after the other; they cost processor time themselves, so that the figures err on the slow side.
Where other work keeps the processors busy, run it by `nice -n -10`.
"""

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.request import urlopen

import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))

from agent import until
from desktop.screen import screen, told
from traybeat.commands.window import show
from traybeat.host.paths import locate

assert sys.platform == "linux"

TRAYBEAT = [sys.executable, "-m", "traybeat"]
LINES = (bytes.fromhex("00a3a3"), bytes.fromhex("e08a00"), bytes.fromhex("8a5cf6"))
FEWEST_PIXELS = 60
REST_SECONDS = 15.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def agent(home: Path, environ: dict[str, str]) -> Iterator[psutil.Process]:
    process = subprocess.Popen(TRAYBEAT, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: answers(environ), 20, "the first answer")
        yield psutil.Process(process.pid)
        assert process.poll() is None, f"it ended by itself, code {process.returncode}: {log(home)}"
    finally:
        process.terminate()
        process.wait(10)


def answers(environ: dict[str, str]) -> bool:
    try:
        urlopen(f"http://127.0.0.1:{environ['TRAYBEAT_EXPORTER__PORT']}/healthz", timeout=5).close()
    except OSError:
        return False
    return True


def log(home: Path) -> str:
    """Give the end of its log."""
    return next(home.rglob("traybeat.log")).read_text("utf-8")[-2000:]


def pixels(environ: dict[str, str]) -> bytes:
    command = ["import", "-window", "root", "-depth", "8", "rgb:-"]
    return subprocess.run(command, env=environ, capture_output=True, check=True).stdout


def lines(environ: dict[str, str]) -> int:
    """Count the screen's pixels in the colours of lines."""
    seen = pixels(environ)
    time.sleep(0.1)  # or watching would take the processor from what is watched
    return sum(seen.count(colour) for colour in LINES)


def window(environ: dict[str, str]) -> str:
    return told(environ, "xdotool", "search", "--onlyvisible", "--name", "^Traybeat$").strip()


def open_window(environ: dict[str, str]) -> tuple[float, float]:
    """Ask for it as a click on the icon does; gives the seconds until it is seen, and until its first chart is."""
    paths = locate(None, None, environ)
    started = time.monotonic()
    show(replace(paths, runtime=Path(environ["XDG_RUNTIME_DIR"], "traybeat")), "", environ)
    until(lambda: bool(window(environ)), 20, "the window")
    seen = time.monotonic() - started
    until(lambda: lines(environ) > FEWEST_PIXELS, 20, "the chart")
    return seen, time.monotonic() - started


def close_window(environ: dict[str, str]) -> None:
    def closed() -> bool:
        told(environ, "xdotool", "windowactivate", window(environ), "key", "alt+F4")
        return not window(environ)

    until(closed, 20, "the closing")


def family(process: psutil.Process) -> float:
    """Give the megabytes that the window's processes have to themselves and their shares of the rest (PSS)."""
    return sum(pss(one.pid) for one in process.children(recursive=True)) / 1e6


def pss(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    return next(1024.0 * int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def rest(process: psutil.Process) -> float:
    """Give the resident's megabytes once it has come to rest."""
    time.sleep(REST_SECONDS)
    return float(process.memory_info().rss / 1e6)


def measure(windows: int, home: Path) -> Iterator[tuple[str, str, str]]:
    with screen(home) as environ:
        environ |= {
            "TRAYBEAT_DATA_DIR": str(home / "data"),
            "TRAYBEAT_CONFIG_DIR": str(home / "config"),
            "TRAYBEAT_EXPORTER__PORT": str(free_port()),
            "TRAYBEAT_DASHBOARD__PORT": str(free_port()),
            "PATH": os.environ["PATH"],
        }
        environ.pop("PYTHONDONTWRITEBYTECODE", None)
        (home / "data").mkdir()
        (home / "data" / "welcomed").touch()  # else the first window is the welcome's
        with agent(home, environ) as process:
            time.sleep(2 * REST_SECONDS)  # something for the charts to show
            alone = rest(process)
            first = open_window(environ)
            time.sleep(3)
            costs = family(process)
            close_window(environ)
            once = rest(process)
            times = []
            for _ in range(windows - 1):
                times.append(open_window(environ))
                close_window(environ)
            after = rest(process)
            left = len(process.children(recursive=True))
    charts = sorted(chart for _, chart in times)
    yield "the first window, from the request to its first chart", "1.5 s", f"{first[1]:.2f} s"
    yield f"the next {len(times)}, median", "1.5 s", f"{statistics.median(charts):.2f} s"
    yield "the slowest of them", "", f"{charts[-1]:.2f} s"
    yield "the window itself on the screen, median", "1 s", f"{statistics.median(seen for seen, _ in times):.2f} s"
    yield "memory of the open window's processes (PSS)", "", f"{costs:.0f} MB"
    yield "RSS of the resident before any window", "", f"{alone:.1f} MB"
    yield "after the first was closed", "", f"{once:.1f} MB"
    yield f"after {windows} opened and closed", "2 MB more than after one", f"{after:.1f} MB"
    yield "processes left over", "0", str(left)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--windows", type=int, default=20, help="how many to open and close")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        print("| figure | to reach | measured |\n|---|---|---|")
        for row in measure(options.windows, Path(home)):
            print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
