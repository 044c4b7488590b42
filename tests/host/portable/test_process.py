import os
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import psutil as real
import pytest

from traybeat.host.portable.process import PortableProcess
from traybeat.model.errors import NoDataError
from traybeat.model.readings.process import ProcessReading, ProcessTimes


class RefusedError(Exception):
    pass


class GoneError(RefusedError):
    pass


class UndeadError(GoneError):
    pass


class Handle:
    """A process of psutil's, that answers as told and remembers what it was asked."""

    def __init__(self, pid: int, name: Any = "tool", **answers: Any) -> None:
        self.pid = pid
        self.asked: list[str] = []
        self.answers: dict[str, Any] = {
            "name": name,
            "status": "sleeping",
            "cpu_times": SimpleNamespace(user=1.5, system=0.5),
            "memory_info": SimpleNamespace(rss=4096),
            "username": "anna",
            "is_running": True,
        } | answers

    @contextmanager
    def oneshot(self) -> Iterator[None]:
        yield

    def __getattr__(self, question: str) -> Any:
        def answer() -> Any:
            self.asked.append(question)
            found = self.answers[question]
            if isinstance(found, Exception):
                raise found
            return found

        return answer


class Psutil:
    """As much of psutil as is asked about processes."""

    Error = RefusedError
    NoSuchProcess = GoneError
    ZombieProcess = UndeadError

    def __init__(self, *handles: Handle, windows: bool = False) -> None:
        self.handles = handles
        self.WINDOWS = windows

    def process_iter(self) -> Iterator[Handle]:
        return iter(self.handles)

    def pids(self) -> list[int]:
        return [handle.pid for handle in self.handles]

    def cpu_count(self) -> int | None:
        return 4


def read(*handles: Handle, windows: bool = False) -> ProcessReading:
    return PortableProcess(Psutil(*handles, windows=windows)).read()


def only(reading: ProcessReading) -> ProcessTimes:
    (process,) = reading.processes
    return process


def test_every_process_has_its_time_and_memory() -> None:
    process = only(read(Handle(7)))
    assert (process.pid, process.name, process.cpu_seconds, process.memory_bytes) == (7, "tool", 2.0, 4096.0)


def test_processes_are_counted_by_state() -> None:
    reading = read(Handle(1), Handle(2, status="disk-sleep"), Handle(3, status="running"), Handle(4))
    assert reading.count == 4
    assert reading.states == {"sleeping": 2, "disk_sleep": 1, "running": 1}
    assert reading.cores == 4


def test_a_state_that_was_seen_is_told_as_zero_later() -> None:
    psutil = Psutil(Handle(1, status="zombie"))
    source = PortableProcess(psutil)
    source.read()
    psutil.handles = (Handle(2),)
    assert source.read().states == {"zombie": 0, "sleeping": 1}


def test_on_windows_nobody_asks_for_states() -> None:
    handle = Handle(1)
    assert read(handle, windows=True).states == {}
    assert "status" not in handle.asked


def test_the_time_when_nothing_runs_is_no_work() -> None:
    process = only(read(Handle(0, "System Idle Process"), windows=True))
    assert process.cpu_seconds is None


def test_a_process_that_may_not_be_looked_into_is_named_and_not_asked_again() -> None:
    handle = Handle(1, cpu_times=RefusedError(), memory_info=RefusedError())
    source = PortableProcess(Psutil(handle))
    for _ in range(3):
        process = only(source.read())
        assert (process.name, process.cpu_seconds, process.memory_bytes) == ("tool", None, None)
    assert handle.asked.count("cpu_times") == 1


def test_a_process_that_tells_memory_alone_is_asked_every_time() -> None:
    handle = Handle(1, cpu_times=RefusedError())
    source = PortableProcess(Psutil(handle))
    source.read()
    process = only(source.read())
    assert (process.cpu_seconds, process.memory_bytes) == (None, 4096.0)
    assert handle.asked.count("cpu_times") == 2


def test_a_process_that_tells_time_alone_gives_that() -> None:
    process = only(read(Handle(1, memory_info=RefusedError())))
    assert (process.cpu_seconds, process.memory_bytes) == (2.0, None)


def test_a_process_that_ends_meanwhile_is_passed_over() -> None:
    reading = read(Handle(1, cpu_times=GoneError()), Handle(2))
    assert (only(reading).pid, reading.count) == (2, 1)


def test_a_zombie_is_counted_though_it_tells_nothing() -> None:
    reading = read(
        Handle(1, UndeadError(), status="zombie", cpu_times=UndeadError(), memory_info=UndeadError()), Handle(2)
    )
    assert (reading.count, reading.states["zombie"]) == (2, 1)
    assert only(reading).pid == 2


def test_names_and_users_are_looked_up_once_in_a_life() -> None:
    handle = Handle(1)
    source = PortableProcess(Psutil(handle))
    for _ in range(5):
        reading = source.read()
        assert reading.describe(only(reading)) == ("tool", "anna")
    assert handle.asked.count("username") == 1
    assert handle.asked.count("name") == 2  # when first seen, and when first described


def test_users_are_looked_up_only_of_those_that_are_described() -> None:
    handle = Handle(1)
    read(handle)
    assert "username" not in handle.asked


def test_a_process_that_has_become_another_program_by_then_has_its_new_name() -> None:
    handle = Handle(1, "xpcproxy")
    source = PortableProcess(Psutil(handle))
    reading = source.read()
    handle.answers["name"] = "Finder"
    assert reading.describe(only(reading)) == ("Finder", "anna")
    assert only(source.read()).name == "Finder"


def test_a_user_that_is_not_told_is_empty() -> None:
    reading = read(Handle(1, username=RefusedError()))
    assert reading.describe(only(reading)) == ("tool", "")


@pytest.mark.parametrize("answers", [{"is_running": False}, {"username": GoneError()}])
def test_a_process_that_has_ended_is_not_described(answers: dict[str, Any]) -> None:
    reading = read(Handle(1, **answers))
    assert reading.describe(only(reading)) is None


def test_a_process_of_an_earlier_reading_is_not_mistaken_for_one_of_the_same_number() -> None:
    psutil = Psutil(Handle(1, "first"))
    source = PortableProcess(psutil)
    first = only(source.read())
    psutil.handles = (Handle(1, "second", username="bert"),)
    reading = source.read()
    assert only(reading).identity != first.identity
    assert reading.describe(first) is None
    assert reading.describe(only(reading)) == ("second", "bert")


def test_time_that_goes_back_makes_psutil_look_whether_the_number_was_given_away() -> None:
    handle = Handle(1)
    source = PortableProcess(Psutil(handle))
    source.read()
    handle.answers["cpu_times"] = SimpleNamespace(user=0.1, system=0.0)
    assert only(source.read()).cpu_seconds == 0.1
    assert handle.asked.count("is_running") == 1


def test_processes_without_a_name_are_only_counted() -> None:
    reading = read(Handle(1, OSError("not under wine")), Handle(2, ""))
    assert (reading.processes, reading.count) == ((), 2)


class Failing(Psutil):
    """psutil under wine: it can't walk through the processes."""

    def process_iter(self) -> Iterator[Handle]:
        raise OSError("not under wine")

    def cpu_count(self) -> int | None:
        return None


def test_where_processes_can_not_be_walked_through_they_are_counted() -> None:
    reading = PortableProcess(Failing(Handle(1), Handle(2))).read()
    assert (reading.processes, reading.count, reading.cores) == ((), 2, 1)


def test_where_psutil_shows_no_processes_there_is_no_data() -> None:
    with pytest.raises(NoDataError):
        PortableProcess(Failing()).read()


def test_the_real_psutil_tells_of_this_very_process() -> None:
    source = PortableProcess(real)
    reading = source.read()
    (own,) = (process for process in reading.processes if process.pid == os.getpid())
    assert own.memory_bytes is not None
    assert own.memory_bytes > 1_000_000
    described = reading.describe(own)
    assert described is not None
    assert described[1]
    (again,) = (process for process in source.read().processes if process.pid == os.getpid())
    assert again.identity == own.identity
