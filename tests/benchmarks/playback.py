"""Plays what was recorded on a machine: 150 series at any length of time, with the texture of real ones."""

import json
import lzma
import random
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from traybeat.model.metric import Batch, Kind, Metric, Sample
from traybeat.model.readings.process import Process
from traybeat.store.scale import scale

FILE = Path(__file__).parent / "data" / "recorded.json.xz"
SERIES = 150
EVERY = 2.0
_SCENE = 1800
"""Samples that are played in a row before the next part of the recording is chosen."""
_JITTER_SECONDS = 0.003


@dataclass
class Track:
    """One series: its metric and labels, where its values come from, and what was recorded."""

    metric: Metric
    labels: tuple[str, ...]
    source: str
    values: "array[float]"


class Playback:
    """Batches as the pump hands them over, one for each collector every two seconds."""

    def __init__(self, seed: int = 1, path: Path = FILE) -> None:
        recorded = json.loads(lzma.decompress(path.read_bytes()))
        self._chance = random.Random(seed)  # noqa: S311
        self._metrics: dict[tuple[str, tuple[str, ...]], Metric] = {}
        self.tracks = self._tracks(recorded["series"])
        self.processes = [tuple(Process(*row) for row in rows) for rows in recorded["processes"]]

    def batches(self, start: float, seconds: float) -> Iterator[Batch]:
        """Play from a time on, in Unix seconds."""
        sources = {source: [one for one in self.tracks if one.source == source] for source in self._sources()}
        phases = dict(zip(sources, sorted(self._chance.uniform(0, EVERY) for _ in sources), strict=True))
        positions: dict[str, list[int]] = {}
        for cycle in range(int(seconds / EVERY)):
            if cycle % _SCENE == 0:
                scene = self._chance.random()
                positions = {s: [int(scene * len(one.values)) for one in tracks] for s, tracks in sources.items()}
            for source, tracks in sources.items():
                time = start + cycle * EVERY + phases[source] + self._chance.expovariate(1 / _JITTER_SECONDS)
                step = cycle % _SCENE
                samples = tuple(
                    Sample(one.metric, one.labels, one.values[(position + step) % len(one.values)])
                    for one, position in zip(tracks, positions[source], strict=True)
                )
                shown = self.processes[cycle // 5 % len(self.processes)] if source == "process" else ()
                yield Batch(source, time, samples, 0.001, None, shown)

    def _sources(self) -> list[str]:
        return sorted({one.source for one in self.tracks})

    def _tracks(self, recorded: list[dict[str, object]]) -> list[Track]:
        """Take the series that were there for most of the time; then those that change again, as other devices'."""
        longest = max(len(one["values"]) for one in recorded)  # type: ignore[arg-type]
        steady = [one for one in recorded if len(one["values"]) > longest / 20]  # type: ignore[arg-type]
        lively = [one for one in steady if sum(map(bool, one["values"])) > len(one["values"]) / 4]  # type: ignore[arg-type, call-overload]
        tracks = [self._track(one, None) for one in steady[:SERIES]]
        copies = range(SERIES - len(tracks))
        return tracks + [self._track(lively[n % len(lively)], f"copy {n // len(lively)}") for n in copies]

    def _track(self, one: dict[str, object], copy: str | None) -> Track:
        labels: dict[str, str] = dict(one["labels"])  # type: ignore[call-overload]
        precision = float(one["precision"])  # type: ignore[arg-type]
        if copy is not None:
            labels["copy"] = copy
        names = tuple(labels)
        metric = self._metrics.setdefault(
            (str(one["name"]), names), Metric(str(one["name"]), Kind.GAUGE, "", "Recorded.", names, precision)
        )
        steps = list(accumulate(one["values"]))  # type: ignore[call-overload]
        if copy is not None:
            middle = self._chance.randrange(len(steps))
            steps = steps[middle:] + steps[:middle]
        return Track(metric, tuple(labels.values()), str(one["source"]), array("d", scale(precision).values(steps)))
