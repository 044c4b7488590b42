"""Processes: how many there are, and which take the most processor time and memory."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from heapq import nlargest
from operator import itemgetter
from typing import Annotated, NamedTuple

from traybeat.collectors.registry import Registration
from traybeat.host.machine import Machine
from traybeat.model.metric import Collection, Metric, Sample, gauge
from traybeat.model.rate import Rates, longest_gap
from traybeat.model.readings.process import Process, ProcessReading, ProcessTimes
from traybeat.model.settings import CollectorOptions, Interval, Range
from traybeat.model.text import clean

COUNT = gauge("system_process_count", "", "Processes.", precision=1)
STATES = gauge("system_process_states", "", "Processes in each state.", "state", precision=1)
CPU = gauge(
    "system_process_cpu_ratio",
    "ratio",
    "Share of the whole machine's processor time that the processes of one name and user took; "
    "1 means that they kept every core busy.",
    *("name", "user"),
    precision=1e-5,
)
MEMORY = gauge(
    "system_process_memory_bytes",
    "bytes",
    "Resident memory of the processes of one name and user; what they share counts for each of them.",
    *("name", "user"),
    precision=1,
)
_OPEN_FILES: tuple[tuple[Metric, Callable[[ProcessReading], float | None]], ...] = (
    (gauge("node_filefd_allocated", "", "File descriptor statistics: allocated."), lambda r: r.open_files),
    (gauge("node_filefd_maximum", "", "File descriptor statistics: maximum."), lambda r: r.open_files_limit),
)


Group = tuple[str, str]
NAMELESS = "?"


class Usage(NamedTuple):
    """What one process took: processor time since the last reading as a share of the machine's, memory in bytes."""

    process: ProcessTimes
    cpu: float | None
    memory: float | None


def cpu(usage: Usage) -> float:
    """Give the processor time to rank by."""
    return usage.cpu or 0.0


def memory(usage: Usage) -> float:
    """Give the memory to rank by."""
    return usage.memory or 0.0


Measure = Callable[[Usage], float]
MEASURES: tuple[Measure, ...] = (cpu, memory)


class Groups:
    """Processes by name and user.

    Names cost nothing, a user costs a look-up for each process: so only the names are split by user that may have a
    group among the largest.
    """

    def __init__(self, usages: Iterable[Usage], describe: Callable[[ProcessTimes], Group | None]) -> None:
        self._describe = describe
        self._names: dict[str, list[Usage]] = {}
        self._split: dict[str, set[Group]] = {}
        self._groups: dict[Group, list[Usage]] = {}
        for usage in usages:
            self._names.setdefault(clean(usage.process.name), []).append(usage)

    def largest(self, most: int) -> dict[Group, list[Usage]]:
        """Give the groups that are among the `most` largest by any measure; one that takes nothing is none."""
        found = {group for measure in MEASURES for group in self._largest(most, measure)}
        return {group: self._groups[group] for group in sorted(found)}

    def others(self, found: Mapping[Group, list[Usage]]) -> int:
        """Count what is left out of `found`; a name that was not split counts as one."""
        return len(self._names) - len(self._split) + len(self._groups) - len(found)

    def _largest(self, most: int, measure: Measure) -> Iterable[Group]:
        # A group is no larger than its name as a whole: once the names are smaller than what was found, so are theirs.
        totals = {name: sum(map(measure, usages)) for name, usages in self._names.items()}
        found: dict[Group, float] = {}
        for name in sorted(totals, key=totals.__getitem__, reverse=True):
            if totals[name] <= (min(found.values()) if len(found) >= most else 0.0):
                break
            found |= {group: sum(map(measure, self._groups[group])) for group in self._by_user(name)}
            found = dict(nlargest(most, found.items(), key=itemgetter(1)))
        return (group for group, total in found.items() if total > 0)

    def _by_user(self, name: str) -> set[Group]:
        if name not in self._split:
            self._split[name] = set()
            for usage in self._names[name]:
                if (group := self._describe(usage.process)) is not None:
                    self._groups.setdefault(group, []).append(usage)
                    self._split[name].add(group)
        return self._split[name]


def top(usages: Sequence[Usage], most: int, describe: Callable[[ProcessTimes], Group | None]) -> tuple[Process, ...]:
    """Give the processes that are among the `most` largest by any measure, the busiest first."""
    found = {
        usage.process.pid: usage
        for measure in MEASURES
        for usage in nlargest(most, usages, key=measure)
        if measure(usage) > 0
    }
    ranked = sorted(found.values(), key=lambda usage: (cpu(usage), memory(usage)), reverse=True)
    described = ((usage, describe(usage.process)) for usage in ranked)
    return tuple(
        Process(usage.process.pid, *group, cpu(usage), memory(usage)) for usage, group in described if group is not None
    )


class Processes:
    """Collects the number of processes and the largest of them."""

    name = "process"
    metrics = (COUNT, STATES, CPU, MEMORY, *(metric for metric, _ in _OPEN_FILES))

    def __init__(self, machine: Machine, options: "Options") -> None:
        self.interval = options.interval_seconds
        self._most = options.top
        self._source = machine.process
        self._clock = machine.clock
        self._rates: Rates[tuple[int, float]] = Rates(longest_gap(self.interval))

    def collect(self) -> Collection:
        """Read every process once; processor time needs a reading before."""
        reading = self._source.read()
        usages = self._usages(reading)
        describe = partial(_described, reading)
        groups = Groups(usages, describe)
        largest = groups.largest(self._most)
        others = groups.others(largest)
        return Collection(
            (*_counts(reading), *_samples(largest)),
            top(usages, self._most, describe),
            {"top": others} if others else {},
        )

    def _usages(self, reading: ProcessReading) -> list[Usage]:
        counters = {
            process.identity: process.cpu_seconds for process in reading.processes if process.cpu_seconds is not None
        }
        rates = self._rates(self._clock.monotonic(), counters)
        return [
            Usage(process, None if rate is None else min(rate / reading.cores, 1.0), process.memory_bytes)
            for process in reading.processes
            for rate in (rates.get(process.identity),)
        ]


def _described(reading: ProcessReading, process: ProcessTimes) -> Group | None:
    found = reading.describe(process)
    return found and (clean(found[0]) or NAMELESS, clean(found[1]))


def _counts(reading: ProcessReading) -> Iterator[Sample]:
    yield COUNT.sample(reading.count)
    for state, count in reading.states.items():
        yield STATES.sample(count, state)
    for metric, pick in _OPEN_FILES:
        if (value := pick(reading)) is not None:
            yield metric.sample(value)


def _samples(groups: Mapping[Group, list[Usage]]) -> Iterator[Sample]:
    for group, usages in groups.items():
        shares = [usage.cpu for usage in usages if usage.cpu is not None]
        if shares:
            # Ticks are coarse: what is a little over the whole is the whole.
            yield CPU.sample(min(sum(shares), 1.0), *group)
        sizes = [usage.memory for usage in usages if usage.memory is not None]
        if sizes:
            yield MEMORY.sample(sum(sizes), *group)


@dataclass(frozen=True, slots=True)
class Options(CollectorOptions):
    """The process collector's section of the settings."""

    interval_seconds: Interval = 5
    top: Annotated[int, "How many names by processor time, and how many by memory", Range(1, 100)] = 10


REGISTRATION = Registration("process", Options, Processes.metrics, Processes)
