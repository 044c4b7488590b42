"""What the icon costs: python tests/benchmarks/tray.py [--minutes 10].

Linux only, on two screens without a monitor, one with Xfce's panel, one with tint2 (an XEmbed tray). The same program
runs headless beside them. Prints a Markdown table for docs/performance.md.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import psutil

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2] / "app")]

from agent import Agent, free_port, until  # noqa: E402
from desktop.screen import screen  # noqa: E402
from desktop.test_tray import GREEN, Session  # noqa: E402
from desktop.test_xembed import Session as OldSession  # noqa: E402

assert sys.platform == "linux"

UPDATES = 10_000


def cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system + times.children_user + times.children_system)


def updates() -> tuple[float, float]:
    """Draw the icon in all sizes as often as it would change in weeks; gives RSS in MB early and late."""
    from traybeat.tray.glance import Face
    from traybeat.tray.linux.pixmap import pixmaps

    own, sizes = psutil.Process(), []
    for number in range(UPDATES):
        pixmaps(Face("warning", number % 90, "cpu-memory", number % 17, number % 13))
        if number in {UPDATES // 10, UPDATES - 1}:
            sizes.append(own.memory_info().rss / 1e6)
    return sizes[0], sizes[1]


def directory(work: str, name: str) -> Path:
    made = Path(work, name)
    made.mkdir(exist_ok=True)
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    print("| figure | to reach | measured |\n|---|---|---|")
    with (
        tempfile.TemporaryDirectory() as work,
        screen(Path(work), activates=True) as environ,
        screen(directory(work, "old")) as old_environ,
    ):
        old = OldSession(old_environ, directory(work, "old"))
        old.begin_panel()
        session = Session(environ, Path(work))
        session.begin_panel()
        icon = Agent(Path(work), free_port(), **environ)
        embedded = Agent(directory(work, "embedded"), free_port(), **old_environ)
        other = Agent(directory(work, "bare"), free_port())
        for _ in range(2):  # the first start may have to compile
            began = time.monotonic()
            process = icon.start()
            until(lambda: session.item() is not None and GREEN in session.colours(), 30, "the icon")
            took = time.monotonic() - began
            if not _:
                process.terminate()
                process.communicate()
                until(lambda: session.item() is None, what="its end")
        print(f"| start to the icon on the screen | 1.0 s | {took:.2f} s |", flush=True)
        began = time.monotonic()
        docked = embedded.start()
        until(lambda: GREEN in old.icon(), 30, "the icon in the other tray")
        print(f"| the same in tint2's tray | 1.0 s | {time.monotonic() - began:.2f} s |", flush=True)
        running = (process, docked, other.start("--headless"))
        watched = [psutil.Process(one.pid) for one in running]
        time.sleep(20)
        before = [cpu(one) for one in watched]
        began = time.monotonic()
        time.sleep(options.minutes * 60)
        shares = [(cpu(one) - start) / (time.monotonic() - began) for one, start in zip(watched, before, strict=True)]
        rss = [one.memory_info().rss / 1e6 for one in watched]
        told = f"{rss[0]:.1f}, {rss[1]:.1f} and {rss[2]:.1f} MB"
        print(f"| RSS after {options.minutes:g} minutes, on Xfce's panel, in tint2's tray, headless | 48 MB | {told} |")
        told = ", ".join(f"{share * 100:.2f} %" for share in shares)
        print(f"| processor, of a core, the same three | 0.1 % apart | {told} |", flush=True)
        for one in running:
            one.terminate()
            one.communicate()
        session.end_panel()
        old.end_panel()
    early, late = updates()
    print(
        f"| {UPDATES:,} updates of the icon: RSS after a tenth and at the end | flat | {early:.1f} and {late:.1f} MB |"
    )


if __name__ == "__main__":
    main()
