"""What history costs, on values recorded on a real machine: python tests/benchmarks/history.py [--days 30] [PART ...].

The clock is simulated, so that thirty days pass in minutes. Run it on a real disk; as root, before each query that is
to be cold everything is written to the disk and the kernel's whole cache of files is emptied. Each query opens the
database anew, so that nothing is left of the one before. Prometheus' promtool, where it is installed, stores the same
samples. Prints a Markdown table for docs/performance.md. Parts: ingest, month, memory, kills, prometheus.
"""

import argparse
import json
import os
import platform
import random
import resource
import shutil
import sqlite3
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT.parent / "app")]

import kills  # noqa: E402
from benchmarks.playback import EVERY, SERIES, Playback  # noqa: E402
from fakes import FakeClock  # noqa: E402
from traybeat.model.selector import Compare, Matcher, Selector  # noqa: E402
from traybeat.model.settings import History as Options  # noqa: E402
from traybeat.store.history import COMMIT_SECONDS, History  # noqa: E402

assert sys.platform == "linux"

HOUR, DAY = 3600, 86400
START = 1_700_006_400 // DAY * DAY
BLOCK = 4096
"""What file systems write at least."""
Tell = Callable[[str, str, str], None]


class Run:
    """A history that is fed at its rhythm on a simulated clock, and what that costs."""

    def __init__(self, path: Path, now: float = START) -> None:
        self.clock = FakeClock(wall=now)
        self.history = History(path, self.clock, Options())
        self.samples = 0
        self.accepting = self.writing = 0.0
        self.turns: list[float] = []
        self.frames = Frames(path)

    def play(self, playback: Playback, seconds: float, each_turn: Callable[[], object] = lambda: None) -> None:
        """Feed for so many simulated seconds."""
        committed = self.clock.wall()
        for batch in playback.batches(self.clock.wall(), seconds):
            if batch.time > self.clock.wall():
                self.clock.go(batch.time - self.clock.wall())
            before = time.thread_time()
            self.history.accept(batch)
            self.accepting += time.thread_time() - before
            self.samples += len(batch.samples)
            if self.clock.wall() - committed >= COMMIT_SECONDS:
                committed = self.clock.wall()
                self.turn()
                each_turn()

    def turn(self) -> None:
        """Let the writer have its turn."""
        before = time.thread_time()
        self.history.flush()
        spent = time.thread_time() - before
        self.writing += spent
        self.turns.append(spent)
        self.frames.count()


class Frames:
    """Counts what is written to a database: pages to its log, and from there to the file.

    The kernel's own count would be too low here: pages that are written again within simulated seconds reach the disk
    once. The files stay open, as closing one would take SQLite's locks away.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._files: tuple[int, int] | None = None
        self._seen: list[int] = []
        self.bytes = 0

    def count(self) -> None:
        """Look what has been written since the last time."""
        if self._files is None:
            names = [f"{self._path}-shm", f"{self._path}-wal"]
            self._files = (os.open(names[0], os.O_RDONLY), os.open(names[1], os.O_RDONLY))
        shm, wal = self._files
        (last,) = struct.unpack("=I", os.pread(shm, 4, 16))
        (size,) = struct.unpack(">I", os.pread(wal, 4, 8))
        if last < len(self._seen):
            self.bytes += BLOCK * len({page * size // BLOCK for page in self._seen})
            self._seen = []
        for frame in range(len(self._seen), last):
            (page,) = struct.unpack(">I", os.pread(wal, 4, 32 + frame * (size + 24)))
            self._seen.append(page - 1)
            self.bytes += size + 24


def ingest(tell: Tell, work: Path, _: argparse.Namespace) -> None:
    """Measure how fast batches go in, commits and sealing included."""
    run = Run(work / "ingest.db")
    run.play(Playback(), 4 * HOUR)
    tell(
        "ingest, commits and sealing included",
        "at least 50,000 samples/s",
        f"{run.samples / (run.accepting + run.writing):,.0f} samples/s",
    )
    slowest = []
    clock = FakeClock(wall=START)
    history = History(work / "accept.db", clock, Options())
    for batch in Playback().batches(START, 600):
        before = time.perf_counter()
        history.accept(batch)
        slowest.append((time.perf_counter() - before) / max(len(batch.samples), 1))
    tell("the pump's share of that, per sample", "", f"{statistics.mean(slowest) * 1e6:.2f} µs")


def month(tell: Tell, work: Path, options: argparse.Namespace) -> None:
    """Play the whole time that history is kept, and look at what is there then."""
    path = work / "telemetry.db"
    run = Run(path)
    before_last_day = 0
    for day in range(options.days):
        before_last_day = run.frames.bytes
        run.play(Playback(seed=day), DAY)
        print(f"day {day + 1}: {path.stat().st_size / 1e6:.1f} MB", file=sys.stderr)
    run.turn()
    sizes(tell, path, run, options.days)
    seconds = options.days * DAY
    tell(
        "processor time that history adds",
        "at most 0.2 % of a core",
        f"{100 * (run.accepting + run.writing) / seconds:.3f} %",
    )
    tell("longest turn of the writer, in processor time", "at most 200 ms", f"{max(run.turns) * 1000:.0f} ms")
    tell("written to the disk in a day", "at most 150 MB", f"{(run.frames.bytes - before_last_day) / 1e6:.0f} MB")
    queries(tell, run, options)
    reopening(tell, run, path)


def sizes(tell: Tell, path: Path, run: Run, days: int) -> None:
    """Look at what the tables take."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        tables = dict(connection.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name"))
        rows = [row for (row,) in connection.execute("SELECT id >> 24 FROM raw")]
    samples = SERIES * HOUR / EVERY * len(rows) / SERIES
    tell("bytes a sample, raw tier, indexes and all", "at most 0.5", f"{tables['raw'] / samples:.3f}")
    tell(f"whole database after {days} days", "at most 40 MB", f"{path.stat().st_size / 1e6:.1f} MB")
    parts = ", ".join(f"{name} {size / 1e6:.1f}" for name, size in sorted(tables.items(), key=lambda t: -t[1])[:5])
    tell("of that, in MB", "", parts)


def queries(tell: Tell, run: Run, options: argparse.Namespace) -> None:
    """Ask as a dashboard does."""
    chance, now, reader = random.Random(1), run.clock.wall(), run.history.reader  # noqa: S311
    series = reader.catalogue()

    def ask(seconds: float, count: int, *, cold: bool) -> str:
        took, worked, waits = [], [], []
        for _ in range(100):
            wanted = [selector(one.name, one.labels) for one in chance.sample(series, count)]
            if cold:
                forget_files()
            before, work, waited = time.perf_counter(), time.thread_time(), waiting()
            for one in wanted:
                reader.query(one, now - seconds, now, 1000)
            took.append((time.perf_counter() - before) * 1000)
            worked.append((time.thread_time() - work) * 1000)
            waits.append(waiting() - waited)
        reads = f", {statistics.median(waits):.0f} waits for the disk" if cold else ""
        return f"{spread(took)}; processor time {spread(worked)}{reads}"

    tell(
        f"query, one series, {options.days} days, 1,000 points, cold, p95",
        "at most 15 ms",
        ask(options.days * DAY, 1, cold=True),
    )
    tell("query, 12 series, 24 h, 1,000 points each, p95", "at most 60 ms", ask(DAY, 12, cold=False))
    tell("the same, cold, p95", "", ask(DAY, 12, cold=True))
    tell("query, 12 series, 6 h, p95", "", ask(6 * HOUR, 12, cold=False))
    tell("query, 12 series, 15 min, p95", "", ask(900, 12, cold=False))


def spread(took: list[float]) -> str:
    """Give the 95th percentile and the median of milliseconds."""
    return f"{statistics.quantiles(took, n=20)[-1]:.1f} ms (median {statistics.median(took):.1f})"


def waiting() -> int:
    """Count how often this thread has had to wait: in a query, for the disk, as all else there is its own work."""
    return resource.getrusage(resource.RUSAGE_THREAD).ru_nvcsw


def selector(name: str, labels: Mapping[str, str]) -> Selector:
    """Give the selector of one series."""
    return Selector(name, tuple(Matcher(label, Compare.EQUAL, value) for label, value in labels.items()))


def forget_files() -> None:
    """Empty the kernel's cache of files."""
    if os.geteuid() == 0:
        os.sync()
        Path("/proc/sys/vm/drop_caches").write_text("1")


def reopening(tell: Tell, run: Run, path: Path) -> None:
    """Start on what is there, with most of an hour in the journal."""
    run.play(Playback(seed=99), 3500)
    before = time.thread_time()
    other = History(path, run.clock, Options())
    other.flush()
    tell("start, most of an hour in the journal, processor time", "", f"{(time.thread_time() - before) * 1000:.0f} ms")
    run.history.flush()


def memory(tell: Tell, work: Path, _: argparse.Namespace) -> None:
    """Look how much larger a process becomes that keeps history."""
    command = [sys.executable, __file__, "--work", str(work), "resident"]
    found = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    tell("resident memory that history adds, median", "at most 5 MB", f"{found['median']:.1f} MB")
    tell("the same, the most, while an hour is sealed", "at most 10 MB", f"{found['most']:.1f} MB")


def resident(work: Path) -> None:
    """Keep history for some hours and print what that adds to this process."""
    playback = Playback()
    for _ in playback.batches(START, 60):
        pass
    sqlite3.connect(":memory:").close()
    before = rss()
    run = Run(work / "memory.db")
    seen: list[float] = []
    run.play(playback, 26 * HOUR, lambda: seen.append(rss() - before))
    print(json.dumps({"median": statistics.median(seen), "most": max(seen)}))


def rss() -> float:
    """Give this process's resident megabytes (10^6 bytes)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def killing(tell: Tell, work: Path, options: argparse.Namespace) -> None:
    """Kill a process that keeps history, again and again."""
    outcome = kills.run(work / "killed.db", options.kills, seed=7)
    what = f"lost by kill -9, at most, over {outcome.kills} kills in {outcome.hours:.0f} h of history"
    tell(what, "at most 10 s, never an unreadable database", f"{outcome.longest_loss:.0f} s, all else there")


def prometheus(tell: Tell, work: Path, _: argparse.Namespace) -> None:
    """Let Prometheus' own tool store the same samples, and weigh its blocks."""
    tool = shutil.which("promtool")
    if tool is None:
        return
    text, blocks = work / "samples.txt", work / "blocks"
    hours = 6
    families: dict[str, list[str]] = {}
    count = 0
    for batch in Playback().batches(START, hours * HOUR):
        for metric, labels, value in batch.samples:
            pairs = ",".join(f'{name}="{label}"' for name, label in zip(metric.labels, labels, strict=True))
            families.setdefault(metric.name, []).append(f"{metric.name}{{{pairs}}} {value:.10g} {batch.time:.3f}\n")
            count += 1
    with text.open("w") as file:
        for name, lines in families.items():
            file.write(f"# TYPE {name} gauge\n")
            file.writelines(lines)
        file.write("# EOF\n")
    subprocess.run([tool, "tsdb", "create-blocks-from", "openmetrics", text, blocks], check=True, capture_output=True)
    size = sum(path.stat().st_size for path in blocks.rglob("*") if path.is_file())
    tell(f"bytes a sample, Prometheus' blocks of the same {count:,} samples", "", f"{size / count:.2f}")


PARTS = {"ingest": ingest, "month": month, "memory": memory, "kills": killing, "prometheus": prometheus}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--work", type=Path)
    parser.add_argument("part", nargs="*", metavar="PART")
    options = parser.parse_args()
    if options.part == ["resident"]:
        resident(options.work)
        return
    rows: list[tuple[str, str, str]] = []

    def tell(figure: str, wanted: str, found: str) -> None:
        rows.append((figure, wanted, found))
        print(f"{figure}: {found}", file=sys.stderr)

    with tempfile.TemporaryDirectory(dir=options.work) as work:
        for part in options.part or PARTS:
            PARTS[part](tell, Path(work), options)
    print(f"\n{platform.platform()}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}\n")
    print("| figure | to reach | measured |\n|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
