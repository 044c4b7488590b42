"""Kills a process that keeps history, again and again, and looks what is lost."""

import random
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from histories import BYTES, START, Kept
from traybeat.model.metric import Batch, Sample
from traybeat.model.settings import History as Options
from traybeat.store.archive import open_archive
from traybeat.store.selector import Selector

SERIES = 20
EVERY = 2
COMMIT = 9
PAUSE = 60
LONG = Options(raw_hours=168, minute_days=90, ten_minute_days=400)


@dataclass(frozen=True)
class Outcome:
    """What many kills cost: the most seconds of samples that one lost, and the hours of history that were written."""

    kills: int
    longest_loss: float
    hours: float


def value(series: int, moment: int) -> float:
    """Give what a series measures at a time."""
    return float((moment * 2_654_435_761 + series * 97) % 1_000_003)


def child(path: Path, start: int) -> None:
    """Keep history from a time on, as fast as can be; tell each time when its samples were accepted."""
    kept = Kept(path, LONG, start)
    committed = start
    kept.history.flush()
    while True:
        now = int(kept.clock.wall())
        samples = tuple(Sample(BYTES, (str(series),), value(series, now)) for series in range(SERIES))
        kept.history.accept(Batch("test", now, samples, 0.0))
        sys.stdout.write(f"{now}\n")
        sys.stdout.flush()
        kept.clock.go(EVERY)
        if kept.clock.wall() - committed >= COMMIT:
            kept.history.flush()
            committed = int(kept.clock.wall())


def run_and_kill(path: Path, start: int, seconds: float) -> int:
    """Let a child keep history and kill it; give the time of the last samples that it had accepted."""
    command = [
        sys.executable,
        "-c",
        f"from kills import child; from pathlib import Path; child(Path({str(path)!r}), {start})",
    ]
    environment = {"PYTHONPATH": ":".join(entry for entry in sys.path if entry)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(seconds)
        process.kill()
        rest = process.stdout.read()
    return int((first + rest).split(b"\n")[-2])


def run(path: Path, kills: int, seed: int = 1) -> Outcome:
    """Kill so many times at random moments; fails where anything but the last seconds before a kill is missing."""
    chance = random.Random(seed)  # noqa: S311
    start, runs, longest = START + 3000, [], 0.0
    for number in range(kills):
        last = run_and_kill(path, start, chance.uniform(0.0, 0.4))
        runs.append((start, last))
        longest = max(longest, last - newest(path, start))
        if number % 10 == 9 or number == kills - 1:
            check(path, runs)
        start = last + PAUSE
    return Outcome(kills, longest, (start - START) / 3600)


def newest(path: Path, start: int) -> float:
    """Give the time of the newest sample on the disk, or what was before the first."""
    lines = list(open_archive(path).finest(Selector(BYTES.name), start, start + 100 * 86400))
    return max((line.times[-1] for line in lines), default=float(start - EVERY))


def check(path: Path, runs: list[tuple[int, int]]) -> None:
    """Compare all that is on the disk with what was accepted."""
    reader = open_archive(path)
    end = runs[-1][1] + PAUSE
    assert len(reader.catalogue()) == SERIES
    found: dict[int, dict[float, float]] = {series: {} for series in range(SERIES)}
    for line in reader.finest(Selector(BYTES.name), START, end):
        found[int(line.series.labels["device"])].update(zip(line.times, line.averages, strict=True))
    for series, samples in found.items():
        assert all(sample == value(series, int(moment)) for moment, sample in samples.items())
        for first, last in runs:
            missing = [moment for moment in range(first, last + 1, EVERY) if moment not in samples]
            assert not missing or missing[0] > last - 10, (first, last, missing[:3])
    for line in reader.query(Selector(BYTES.name), START, end, 100):
        samples = found[int(line.series.labels["device"])]
        assert sum(line.counts) == len(samples)
        assert max(line.maxima) == max(samples.values())
        assert min(line.minima) == min(samples.values())
