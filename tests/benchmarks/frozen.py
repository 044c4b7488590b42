"""What freezing costs: python tests/benchmarks/frozen.py [DEB], after `installers/build linux`.

Linux only. The frozen program beside the same one from source, on a screen without a monitor, with Xfce's panel for the
icon. Prints a Markdown table for docs/performance.md.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "app")]

from agent import COMMAND, Agent, free_port, until  # noqa: E402
from desktop.screen import screen  # noqa: E402
from desktop.test_tray import GREEN, Session  # noqa: E402

assert sys.platform == "linux"

FROZEN = [str(ROOT / "build/frozen/traybeat/traybeat")]
STARTS = 9
SETTLED_SECONDS = 60.0


def scraped(agent: Agent) -> bool:
    try:
        return "agent_build_info" in agent.metrics()
    except OSError:
        return False


def first_answers(agents: dict[str, Agent]) -> dict[str, float]:
    """Give the median seconds from the start to the first metrics, the programs taking turns."""
    took: dict[str, list[float]] = {name: [] for name in agents}
    for _ in range(STARTS):
        for name, agent in agents.items():
            began = time.monotonic()
            process = agent.start("--headless")
            until(lambda agent=agent: scraped(agent), 30, "the first metrics")  # type: ignore[misc]
            took[name].append(time.monotonic() - began)
            process.terminate()
            process.communicate()
    return {name: statistics.median(seconds) for name, seconds in took.items()}


def resident(agents: dict[str, Agent]) -> dict[str, float]:
    """Give the resident memory in MB, a minute after the start."""
    processes = {name: agent.start("--headless") for name, agent in agents.items()}
    time.sleep(SETTLED_SECONDS)
    found = {name: psutil.Process(process.pid).memory_info().rss / 1e6 for name, process in processes.items()}
    for process in processes.values():
        process.terminate()
        process.communicate()
    return found


def icons(work: Path) -> dict[str, float]:
    """Give the median seconds from the start to the icon on the screen."""
    took: dict[str, list[float]] = {"frozen": [], "source": []}
    with screen(work, activates=True) as environ:
        session = Session(environ, work)
        session.begin_panel()
        for _ in range(STARTS):
            for name, program in (("frozen", FROZEN), ("source", COMMAND)):
                agent = Agent(work, free_port(), **environ)
                agent.command_line = program
                began = time.monotonic()
                process = agent.start()
                until(lambda: session.item() is not None and GREEN in session.colours(), 30, "the icon")
                took[name].append(time.monotonic() - began)
                process.terminate()
                process.communicate()
                until(lambda: session.item() is None, what="its end")
        session.end_panel()
    return {name: statistics.median(seconds) for name, seconds in took.items()}


def main() -> None:
    (deb,) = [Path(one) for one in sys.argv[1:]] or sorted((ROOT / "dist").glob("*.deb"))[-1:]
    size = sum(path.lstat().st_size for path in Path(FROZEN[0]).parent.rglob("*") if path.is_file()) / 1e6
    print("| figure | to reach | frozen | from source |\n|---|---|---|---|")
    print(f"| installed size | 60 MB | {size:.1f} MB | |")
    print(f"| .deb | 20 MB | {deb.stat().st_size / 1e6:.1f} MB | |", flush=True)
    with tempfile.TemporaryDirectory() as place:
        agents = {}
        for name, program in (("frozen", FROZEN), ("source", COMMAND)):
            home = Path(place, name)
            home.mkdir()
            agents[name] = Agent(home, free_port())
            agents[name].command_line = program
        resident({"source": agents["source"]})  # the first start may have to compile
        found = first_answers(agents)
        print(f"| start to the first metrics | 0.7 s | {found['frozen']:.2f} s | {found['source']:.2f} s |", flush=True)
        found = resident(agents)
        print(
            f"| RSS after a minute | source + 4 MB | {found['frozen']:.1f} MB | {found['source']:.1f} MB |", flush=True
        )
        work = Path(place, "icon")
        work.mkdir()
        found = icons(work)
        print(f"| start to the icon on the screen | 1.0 s | {found['frozen']:.2f} s | {found['source']:.2f} s |")


if __name__ == "__main__":
    main()
