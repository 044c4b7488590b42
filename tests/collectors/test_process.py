import time
import tracemalloc
from collections.abc import Callable, Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import FakeClock
from traybeat.collectors.process import CPU, MEMORY, REGISTRATION, Groups, Options, Processes, Usage
from traybeat.host.linux.process import LinuxProcess, Units
from traybeat.host.machine import Roots
from traybeat.model.metric import Collection
from traybeat.model.readings.process import Process, ProcessReading, ProcessTimes


def process(pid: int, name: str, cpu: float | None = 0.0, memory: float | None = 0.0, start: int = 1) -> ProcessTimes:
    return ProcessTimes(pid, (pid, start), name, cpu, memory)


class System:
    """Processes that are told to the collector, and who was looked up."""

    def __init__(self, users: Callable[[ProcessTimes], str | None] = lambda one: "anna", cores: int = 1) -> None:
        self.processes: tuple[ProcessTimes, ...] = ()
        self.looked_up: set[int] = set()
        self.more: dict[str, Any] = {}
        self._users = users
        self._cores = cores

    def read(self) -> ProcessReading:
        return ProcessReading(
            self.processes, len(self.processes), {"running": 1}, self._cores, self.describe, **self.more
        )

    def describe(self, one: ProcessTimes) -> tuple[str, str] | None:
        self.looked_up.add(one.pid)
        user = self._users(one)
        return None if user is None else (one.name, user)


class Desk:
    """A collector in front of a system, and its clock."""

    def __init__(self, system: Any = None, top: int = 10) -> None:
        self.clock = FakeClock()
        self.system = system or System()
        machine: Any = SimpleNamespace(clock=self.clock, process=self.system)
        self.collector = Processes(machine, Options(top=top))

    def collect(self, *processes: ProcessTimes) -> Collection:
        self.system.processes = processes
        found = self.collector.collect()
        self.clock.go(5)
        return found


def values(collection: Collection, name: str | None = None) -> dict[tuple[str, ...], float]:
    return {
        (one.metric.name, *one.labels) if name is None else one.labels: one.value
        for one in collection.samples
        if name is None or one.metric.name == name
    }


def cpu(collection: Collection) -> dict[tuple[str, ...], float]:
    return values(collection, CPU.name)


def memory(collection: Collection) -> dict[tuple[str, ...], float]:
    return values(collection, MEMORY.name)


def test_processor_time_is_a_share_of_the_whole_machines() -> None:
    desk = Desk(System(cores=4))
    desk.collect(process(1, "make", 10.0))
    assert cpu(desk.collect(process(1, "make", 20.0))) == {("make", "anna"): 0.5}


def test_the_first_reading_tells_memory_alone() -> None:
    first = Desk().collect(process(1, "make", 10.0, 4096))
    assert cpu(first) == {}
    assert memory(first) == {("make", "anna"): 4096}
    assert first.processes == (Process(1, "make", "anna", 0.0, 4096),)


def test_processes_of_one_name_and_user_are_one_group() -> None:
    desk = Desk(System(lambda one: "root" if one.pid == 3 else "anna"))
    desk.collect(*(process(pid, "sh", 0.0) for pid in (1, 2, 3)))
    second = desk.collect(process(1, "sh", 0.5, 100), process(2, "sh", 1.0, 200), process(3, "sh", 0.25, 50))
    assert cpu(second) == {("sh", "anna"): 0.3, ("sh", "root"): 0.05}
    assert memory(second) == {("sh", "anna"): 300, ("sh", "root"): 50}


def test_another_process_of_the_same_number_inherits_no_time() -> None:
    desk = Desk()
    desk.collect(process(1, "old", 1.0, 1))
    assert cpu(desk.collect(process(1, "new", 4.0, 1, start=2))) == {}


def test_no_group_takes_more_than_the_whole_machine() -> None:
    desk = Desk()
    desk.collect(process(1, "spin", 0.0), process(2, "spin", 0.0))
    second = desk.collect(process(1, "spin", 5.02), process(2, "spin", 5.02))
    assert cpu(second) == {("spin", "anna"): 1.0}
    assert max(one.cpu_ratio for one in second.processes) == 1.0


def test_time_that_went_back_gives_no_share() -> None:
    desk = Desk()
    desk.collect(process(1, "a", 5.0, 1))
    assert cpu(desk.collect(process(1, "a", 1.0, 1))) == {}


def test_what_may_not_be_seen_is_left_out() -> None:
    desk = Desk()
    desk.collect(process(1, "secret", None, None), process(2, "half", None, 100))
    second = desk.collect(process(1, "secret", None, None), process(2, "half", None, 100))
    assert cpu(second) == {}
    assert memory(second) == {("half", "anna"): 100}
    assert values(second)["system_process_count",] == 2


def test_the_largest_by_time_and_the_largest_by_memory_are_given_and_the_rest_counted() -> None:
    desk = Desk(top=2)
    names = "abcdef"
    desk.collect(*(process(pid, name) for pid, name in enumerate(names)))
    second = desk.collect(
        *(process(pid, name, cpu=pid / 10, memory=1000 - pid) for pid, name in enumerate(names)),
    )
    assert sorted(cpu(second)) == sorted(memory(second)) == [(name, "anna") for name in "abef"]
    assert [one.name for one in second.processes] == ["f", "e", "b", "a"]
    assert second.dropped == {"top": 2}


def test_nothing_is_dropped_where_everything_is_given() -> None:
    assert Desk().collect(process(1, "a", 0.0, 1)).dropped == {}


def test_what_takes_nothing_is_not_among_the_largest() -> None:
    desk = Desk()
    desk.collect(process(1, "kthreadd"), process(2, "a", memory=1))
    second = desk.collect(process(1, "kthreadd"), process(2, "a", memory=1))
    assert list(memory(second)) == [("a", "anna")]
    assert [one.pid for one in second.processes] == [2]


def test_only_what_may_be_among_the_largest_is_looked_up() -> None:
    desk = Desk(top=3)
    desk.collect(*(process(pid, f"p{pid}", memory=pid) for pid in range(1, 101)))
    assert desk.system.looked_up == {98, 99, 100}


def test_a_user_with_one_large_process_is_found_behind_a_name_with_many_small_ones() -> None:
    desk = Desk(System(lambda one: f"user{one.pid}"), top=1)
    small = [process(pid, "bash", memory=10) for pid in range(100)]
    found = desk.collect(*small, process(500, "calc", memory=500))
    assert memory(found) == {("calc", "user500"): 500}


def test_a_process_that_ended_meanwhile_is_left_out() -> None:
    desk = Desk(System(lambda one: None if one.pid == 1 else "anna"))
    found = desk.collect(process(1, "gone", memory=5), process(2, "here", memory=4))
    assert list(memory(found)) == [("here", "anna")]
    assert [one.pid for one in found.processes] == [2]


def test_names_and_users_are_cleaned_and_no_series_is_given_twice() -> None:
    desk = Desk(System(lambda one: "a\x1b"))
    found = desk.collect(process(1, "x\n", memory=5), process(2, "x\t", memory=4), process(3, "", memory=1))
    bad = "\N{REPLACEMENT CHARACTER}"
    assert memory(found) == {(f"x{bad}", f"a{bad}"): 9, ("?", f"a{bad}"): 1}


def test_counts_and_open_files_are_given() -> None:
    desk = Desk()
    desk.system.more = {"open_files": 520.0, "open_files_limit": 9e18}
    found = values(desk.collect(process(1, "a"), process(2, "b")))
    assert found["system_process_count",] == 2
    assert found["system_process_states", "running"] == 1
    assert found["node_filefd_allocated",] == 520
    assert found["node_filefd_maximum",] == 9e18


def test_every_metric_that_is_given_is_declared() -> None:
    desk = Desk()
    desk.system.more = {"open_files": 1.0, "open_files_limit": 2.0}
    desk.collect(process(1, "a", 0.0, 1))
    second = desk.collect(process(1, "a", 1.0, 1))
    assert {one.metric for one in second.samples} == set(Processes.metrics)


def test_its_section_of_the_settings_sets_interval_and_number() -> None:
    options = REGISTRATION.options()
    assert (options.interval_seconds, options.top) == (5, 10)  # type: ignore[attr-defined]
    machine: Any = SimpleNamespace(clock=FakeClock(), process=None)
    assert REGISTRATION.build(machine, Options(interval_seconds=9)).interval == 9


def brute_force(usages: Iterable[Usage], users: Callable[[ProcessTimes], str], most: int) -> set[tuple[str, str]]:
    """Find the largest groups the plain way: look everybody up."""
    sums: dict[tuple[str, str], float] = {}
    for usage in usages:
        group = usage.process.name, users(usage.process)
        sums[group] = sums.get(group, 0) + (usage.memory or 0)
    least = sorted(sums.values(), reverse=True)[:most][-1:] or [0]
    return {group for group, size in sums.items() if size > least[0]}


_USAGES = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 3), st.integers(0, 50)), max_size=40)


@given(_USAGES, st.integers(1, 5))
def test_looking_few_up_finds_the_same_groups_as_looking_all_up(found: list[tuple[str, int, int]], most: int) -> None:
    owners = {pid: f"user{owner}" for pid, (_, owner, _) in enumerate(found)}

    def user(one: ProcessTimes) -> str:
        return owners[one.pid]

    usages = [Usage(process(pid, name), None, float(size)) for pid, (name, _, size) in enumerate(found)]
    largest = Groups(usages, lambda one: (one.name, user(one))).largest(most)
    assert brute_force(usages, user, most) <= set(largest)
    assert len(largest) <= most


class Proc:
    """A folder like /proc with thousands of processes, each of another name."""

    def __init__(self, folder: Path, pids: range) -> None:
        self.roots = Roots(proc=folder / "proc", root=folder)
        # Kept, as each new path may leave its parts in Python's table of strings, and memory is measured here.
        self._files = {pid: self.roots.proc / str(pid) / "stat" for pid in pids}
        for file in self._files.values():
            file.parent.mkdir(parents=True)

    def replace(self, pids: range, generation: int) -> None:
        """Let a new process of a new name take the place of each."""
        for pid in pids:
            numbers = f"1 1 1 0 -1 0 1 2 3 4 {generation} {pid % 977} 5 6 20 0 1 0 {generation} 1000 {pid} 1"
            self._files[pid].write_text(f"{pid} (p{generation}-{pid}) S {numbers}\n")


@pytest.mark.timeout(300)
def test_ten_thousand_processes_that_come_and_go_give_little_and_leave_nothing(tmp_path: Path) -> None:
    pids = range(1, 10_001)
    proc = Proc(tmp_path, pids)
    proc.replace(pids, 0)
    desk = Desk(LinuxProcess(proc.roots, FakeClock(), units=Units(100, 4096)))

    def collect(generation: int) -> tuple[Collection, int]:
        proc.replace(pids[generation % 4 :: 4], generation)
        found = desk.collector.collect()
        desk.clock.go(5)
        return found, tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        _, (first, before), *_, (last, after) = [collect(generation) for generation in range(1, 8)]
    finally:
        tracemalloc.stop()
    for found in (first, last):
        assert values(found)["system_process_count",] == 10_000
        assert 10 <= len(memory(found)) <= 20
        assert 10 <= len(found.processes) <= 20
        assert found.dropped["top"] >= 9_980
    assert not {name for name, _ in memory(last)} & {name for name, _ in memory(first)}
    assert after - before < 500_000


@pytest.mark.timeout(300)
def test_ten_thousand_processes_are_collected_within_a_second(tmp_path: Path) -> None:
    pids = range(1, 10_001)
    proc = Proc(tmp_path, pids)
    proc.replace(pids, 0)
    desk = Desk(LinuxProcess(proc.roots, FakeClock(), units=Units(100, 4096)))
    desk.collector.collect()
    desk.clock.go(5)
    started = time.thread_time()
    desk.collector.collect()
    assert time.thread_time() - started < 1
