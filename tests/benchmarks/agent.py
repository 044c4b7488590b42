"""What the agent costs, beside its peers in the same run: python tests/benchmarks/agent.py [--minutes 10] [PART ...].

Linux only. node_exporter runs beside where it is installed; Glances where its command is named by --glances. Prints a
Markdown table for docs/performance.md.
"""

import argparse
import http.client
import math
import os
import platform
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

POPULATION = Path(__file__).with_name("population.py")
SCRAPE_SECONDS = 5.0


@dataclass
class Peer:
    """A program under measurement."""

    name: str
    command: list[str]
    port: int
    path: str = "/metrics"
    environ: dict[str, str] = field(default_factory=dict)
    process: psutil.Process | None = None

    def cpu(self) -> float:
        """Give the processor seconds used so far, children included."""
        assert self.process is not None
        times = self.process.cpu_times()
        return float(times.user + times.system + times.children_user + times.children_system)

    def rss(self) -> float:
        """Give resident megabytes (10^6 bytes), of the process and its children."""
        assert self.process is not None
        family = [self.process, *self.process.children(recursive=True)]
        return sum(one.memory_info().rss for one in family) / 1e6

    def scrape(self, connection: http.client.HTTPConnection | None = None) -> tuple[float, bytes]:
        """Scrape once and give the milliseconds it took, and the text."""
        one = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        started = time.perf_counter()
        one.request("GET", self.path)
        body = one.getresponse().read()
        took = (time.perf_counter() - started) * 1000
        if connection is None:
            one.close()
        return took, body


def free_port() -> int:
    """Give a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def agent(directory: Path) -> Peer:
    """Describe our own program, with its defaults."""
    port = free_port()
    environ = {
        "TRAYBEAT_CONFIG_DIR": str(directory / "config"),
        "TRAYBEAT_DATA_DIR": str(directory / "data"),
        "TRAYBEAT_EXPORTER__PORT": str(port),
    }
    return Peer("Traybeat", [sys.executable, "-m", "traybeat", "--headless"], port, environ=environ)


def peers(glances: str | None) -> Iterator[Peer]:
    """Describe the peers that are installed."""
    if shutil.which("prometheus-node-exporter"):
        port = free_port()
        yield Peer("node_exporter", ["prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{port}"], port)
    if glances:
        port = free_port()
        yield Peer("Glances", [glances, "-w", "-p", str(port), "-B", "127.0.0.1"], port, "/api/4/all")


@contextmanager
def started(peer: Peer) -> Iterator[float]:
    """Run a peer, and give the seconds until it answered for the first time."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        peer.command, env=os.environ | peer.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    peer.process = psutil.Process(process.pid)
    try:
        while True:
            try:
                peer.scrape()
                break
            except (OSError, http.client.HTTPException):
                if process.poll() is not None or time.perf_counter() - begin > 60:
                    raise
                time.sleep(0.002)
        yield time.perf_counter() - begin
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@contextmanager
def population(number: int, changes: int = 0) -> Iterator[None]:
    """Keep so many processes alive."""
    process = subprocess.Popen(
        [sys.executable, "-S", "-E", str(POPULATION), str(number), str(changes)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdout.readline()
    try:
        yield
    finally:
        process.stdin.close()
        process.wait(60)
        process.stdout.close()


def watch(all_: list[Peer], seconds: float) -> dict[str, float]:
    """Scrape all peers every five seconds for so long, and give each one's percent of a core."""
    for peer in all_:
        peer.scrape()
    time.sleep(SCRAPE_SECONDS)
    before = {peer.name: peer.cpu() for peer in all_}
    begin = time.monotonic()
    while time.monotonic() - begin < seconds:
        for peer in all_:
            peer.scrape()
        time.sleep(SCRAPE_SECONDS)
    elapsed = time.monotonic() - begin
    return {peer.name: (peer.cpu() - before[peer.name]) / elapsed * 100 for peer in all_}


def latencies(peer: Peer, count: int) -> tuple[float, float, int]:
    """Scrape over one connection, fifty times a second; give p50 and p99 in milliseconds, and the number of samples."""
    connection = http.client.HTTPConnection("127.0.0.1", peer.port, timeout=10)
    took, body = [], b""
    for _ in range(count):
        one, body = peer.scrape(connection)
        took.append(one)
        time.sleep(0.02)
    connection.close()
    samples = sum(1 for line in body.splitlines() if line and not line.startswith(b"#"))
    ranks = statistics.quantiles(took, n=100)
    return ranks[49], ranks[98], samples


def value(peer: Peer, series: str, connection: http.client.HTTPConnection | None = None) -> float:
    """Give one series' value as scraped now."""
    for line in peer.scrape(connection)[1].decode().splitlines():
        if line.startswith(series + " "):
            return float(line.rpartition(" ")[2])
    raise LookupError(series)


@dataclass
class Crowd:
    """What sixty scrapers at once met, and what they did to the collector's rhythm."""

    scrapes: int = 0
    failures: int = 0
    stamps: list[float] = field(default_factory=list)

    def drift(self, interval: float) -> float:
        """Give how far the collections lay from their grid at most, in shares of the interval."""
        return max(abs(math.remainder(stamp - self.stamps[0], interval)) for stamp in self.stamps) / interval


def crowd(peer: Peer, seconds: float) -> Crowd:
    """Scrape sixty times at once, round after round, and watch when the memory collector collects."""
    seen, stop = Crowd(), threading.Event()

    def observe() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", peer.port, timeout=10)
        while not stop.wait(0.5):
            stamp = value(peer, 'agent_collector_last_success_timestamp{collector="memory"}', connection)
            if stamp not in seen.stamps[-1:]:
                seen.stamps.append(stamp)
        connection.close()

    def scrape() -> None:
        seen.scrapes += 1
        try:
            peer.scrape()
        except (OSError, http.client.HTTPException):
            seen.failures += 1

    observer = threading.Thread(target=observe)
    observer.start()
    begin = time.monotonic()
    while time.monotonic() - begin < seconds:
        threads = [threading.Thread(target=scrape) for _ in range(60)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    stop.set()
    observer.join()
    return seen


def ten_thousand(peer: Peer, seconds: float) -> dict[str, float]:
    """Let ten thousand processes of distinct names come and go, and see what that does to us."""
    with population(10_000, changes=200):
        time.sleep(15)
        first = peer.rss()
        durations, sizes = [], []
        for _ in range(int(seconds / 5)):
            time.sleep(5)
            durations.append(value(peer, 'agent_collector_duration_seconds{collector="process"}'))
            sizes.append(len(peer.scrape()[1]))
        return {
            "collection": max(durations),
            "kilobytes": max(sizes) / 1000,
            "rss before": first,
            "rss after": peer.rss(),
            "dropped": value(peer, 'agent_samples_dropped_total{collector="process",reason="top"}'),
        }


class Table:
    """The figures, told as they come and printed as a Markdown table in the end."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str]] = []

    def tell(self, what: str, figure: str) -> None:
        """Take one figure."""
        self.rows.append((what, figure))
        print(f"{what}: {figure}", file=sys.stderr, flush=True)

    def write(self) -> None:
        """Print all."""
        print(f"\n{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
        print("| figure | measured |\n|---|---|")
        for what, figure in self.rows:
            print(f"| {what} | {figure} |")


@contextmanager
def running(options: argparse.Namespace) -> Iterator[list[Peer]]:
    """Run our program and its peers; ours comes first, as it starts: a burst before would have stretched its pace."""
    with tempfile.TemporaryDirectory() as home, ExitStack() as stack:
        all_ = [agent(Path(home)), *peers(options.glances)]
        for peer in all_:
            stack.enter_context(started(peer))
        yield all_


def cost(table: Table, all_: list[Peer], seconds: float) -> None:
    """Tell what each costs for so long."""
    for name, percent in watch(all_, seconds).items():
        table.tell(f"CPU of one core, {len(psutil.pids())} processes, scraped every 5 s, {name}", f"{percent:.2f} %")
    stretch = value(all_[0], "agent_interval_stretch_factor")
    assert stretch == 1, f"the intervals were stretched by {stretch}: these figures do not count"


def starts(table: Table, options: argparse.Namespace) -> None:
    """Measure the start."""
    took = []
    for _ in range(5):
        with tempfile.TemporaryDirectory() as home, started(agent(Path(home))) as first:
            took.append(first)
    table.tell("start to the first /metrics answer, median of 5", f"{statistics.median(took):.2f} s")


def light(table: Table, options: argparse.Namespace) -> None:
    """Measure a machine with a hundred processes."""
    here = len(psutil.pids())
    with population(max(100 - here, 1)), running(options) as all_:
        cost(table, all_, options.minutes * 60)
        for peer in all_:
            table.tell(f"RSS after {options.minutes:g} min of that, {peer.name}", f"{peer.rss():.1f} MB")
        for peer in all_[:2]:
            p50, p99, samples = latencies(peer, 3000)
            table.tell(f"scrape p50 / p99, {samples} samples, {peer.name}", f"{p50:.2f} / {p99:.2f} ms")


def crowded(table: Table, options: argparse.Namespace) -> None:
    """Measure many scrapers at once."""
    with tempfile.TemporaryDirectory() as home:
        ours = agent(Path(home))
        with started(ours):
            met = crowd(ours, 50)
    table.tell(f"60 scrapes at once, {met.scrapes} in all, failures", str(met.failures))
    table.tell("collections meanwhile off their rhythm of 2 s by at most", f"{met.drift(2.0):.1%}")


def heavy(table: Table, options: argparse.Namespace) -> None:
    """Measure a machine with five hundred processes."""
    with population(500 - len(psutil.pids())), running(options) as all_:
        cost(table, all_, min(options.minutes * 60, 120))


def swarm(table: Table, options: argparse.Namespace) -> None:
    """Measure a machine with ten thousand processes that come and go."""
    with tempfile.TemporaryDirectory() as home:
        ours = agent(Path(home))
        with started(ours):
            many = ten_thousand(ours, min(options.minutes * 60, 120))
    table.tell("10,000 processes, longest collection", f"{many['collection']:.2f} s")
    table.tell("10,000 processes, /metrics", f"{many['kilobytes']:.0f} kB")
    rss = f"{many['rss before']:.1f} and {many['rss after']:.1f} MB"
    table.tell("10,000 processes, RSS at first and in the end", rss)
    table.tell("10,000 processes, samples left out", f"{many['dropped']:.0f}")


PARTS = {part.__name__: part for part in (starts, light, crowded, heavy, swarm)}


def main() -> None:
    """Measure everything, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="how long the long measurements take (10)")
    parser.add_argument("--glances", help="path of the glances command, to run beside")
    parser.add_argument("parts", nargs="*", metavar="PART", default=list(PARTS), help=f"of {', '.join(PARTS)} (all)")
    options = parser.parse_args()
    table = Table()
    for part in options.parts:
        PARTS[part](table, options)
    table.write()


if __name__ == "__main__":
    main()
