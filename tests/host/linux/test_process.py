import gc
import mmap
import os
import sys
import tracemalloc
from pathlib import Path
from shutil import rmtree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import FakeClock
from traybeat.host.clock import SystemClock
from traybeat.host.linux.process import LinuxProcess, Units, full_name, parse_stat
from traybeat.host.machine import Roots
from traybeat.model.errors import NoDataError
from traybeat.model.readings.process import ProcessReading, ProcessTimes

UNITS = Units(ticks=100, page=4096)
KERNEL_THREAD = 0x00208040


def stat(pid: int, name: bytes = b"bash", state: bytes = b"S", **columns: int) -> bytes:
    """Write a line as the kernel does; `columns` are those that matter here."""
    known = {"flags": 4194304, "user": 150, "system": 50, "start": 7000, "pages": 10} | columns
    line = "%(flags)d 1 2 3 4 %(user)d %(system)d 5 6 20 0 1 0 %(start)d 3133440 %(pages)d 18446744073709551615 1 2 3"
    return b"%d (%s) %s 1 1 1 0 -1 %s\n" % (pid, name, state, (line % known).encode())


class Proc:
    """A folder like /proc."""

    def __init__(self, folder: Path) -> None:
        self.roots = Roots(proc=folder / "proc", root=folder)
        self.roots.proc.mkdir()
        (self.roots.proc / "sys").mkdir()
        (folder / "etc").mkdir()
        uid = (folder / "etc").stat().st_uid
        (folder / "etc/passwd").write_text(f"tester:x:{uid}:0::/:/bin/sh\n")

    def start(self, pid: int, name: bytes = b"bash", state: bytes = b"S", cmdline: bytes = b"", **columns: int) -> None:
        folder = self.roots.proc / str(pid)
        folder.mkdir(exist_ok=True)
        (folder / "stat").write_bytes(stat(pid, name, state, **columns))
        (folder / "cmdline").write_bytes(cmdline)

    def end(self, pid: int) -> None:
        rmtree(self.roots.proc / str(pid))

    def source(self) -> LinuxProcess:
        return LinuxProcess(self.roots, FakeClock(), units=UNITS)


@pytest.fixture
def proc(tmp_path: Path) -> Proc:
    return Proc(tmp_path)


def only(reading: ProcessReading) -> ProcessTimes:
    (process,) = reading.processes
    return process


def test_a_line_tells_state_times_and_memory() -> None:
    state, process = parse_stat(42, stat(42, b"bash", b"R"), UNITS)
    assert state == b"R"
    assert process == ProcessTimes(42, (42, 7000), "bash", 2.0, 40960.0)


HOSTILE = (b") (", b"a) S 1 1 (b", b"x\ny", b"", b")", b"(", b"\xff\xfe", b"1 (init) S 0", b" ", b") R 9 9 9")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_may_look_like_anything(name: bytes) -> None:
    state, process = parse_stat(7, stat(7, name), UNITS)
    assert (state, process.cpu_seconds, process.memory_bytes) == (b"S", 2.0, 40960.0)
    assert process.name.encode("utf-8", "surrogateescape") == name


@given(st.binary(max_size=64), st.integers(0, 2**63), st.integers(0, 2**50), st.integers(0, 2**40))
def test_any_name_and_any_numbers_are_read_back(name: bytes, ticks: int, start: int, pages: int) -> None:
    line = stat(9, name, user=ticks, system=0, start=start, pages=pages)
    _, process = parse_stat(9, line, UNITS)
    assert process.name.encode("utf-8", "surrogateescape") == name
    assert process[1:2] + process[3:] == ((9, start), ticks / 100, pages * 4096.0)


@given(st.binary(max_size=400))
def test_a_line_that_makes_no_sense_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (whatever it says)
        parse_stat(1, line.replace(b")", b""), UNITS)


def test_a_line_that_ends_too_soon_is_refused() -> None:
    with pytest.raises(ValueError, match="too few"):
        parse_stat(1, stat(1)[:40], UNITS)


def test_what_a_kernel_thread_is_at_is_no_part_of_its_name() -> None:
    _, process = parse_stat(5, stat(5, b"kworker/0:1-events", flags=KERNEL_THREAD), UNITS)
    assert process.name == "kworker"
    _, process = parse_stat(6, stat(6, b"my/tool"), UNITS)
    assert process.name == "my/tool"


@pytest.mark.parametrize(
    ("name", "cmdline", "expected"),
    [
        ("gnome-terminal-", b"/usr/libexec/gnome-terminal-server\0--x\0", "gnome-terminal-server"),
        ("some-long-scrip", b"/bin/sh\0/opt/some-long-script.sh\0arg\0", "some-long-script.sh"),
        ("bash", b"/bin/bash-and-more\0", "bash"),
        ("fifteen-letters", b"/usr/bin/other\0fif\0", "fifteen-letters"),
        ("fifteen-letters", b"", "fifteen-letters"),
        ("xxxxxxxxxxxxxx\udcc3", b"/bin/xxxxxxxxxxxxxx\xc3\xa9\0", "xxxxxxxxxxxxxxé"),
    ],
)
def test_a_name_that_the_kernel_cut_is_completed(name: str, cmdline: bytes, expected: str) -> None:
    assert full_name(name, cmdline) == expected


def test_every_process_is_read_and_counted_by_state(proc: Proc) -> None:
    proc.start(1, b"init")
    proc.start(20, b"bash", b"R")
    proc.start(300, b"gone", b"Z", pages=0)
    reading = proc.source().read()
    assert sorted(process.pid for process in reading.processes) == [1, 20, 300]
    assert reading.count == 3
    assert {state: count for state, count in reading.states.items() if count} == {
        "sleeping": 1,
        "running": 1,
        "zombie": 1,
    }
    assert reading.states["disk_sleep"] == 0


def test_a_state_of_a_future_kernel_counts_as_a_process_all_the_same(proc: Proc) -> None:
    proc.start(1, state=b"Q")
    reading = proc.source().read()
    assert reading.count == 1
    assert set(reading.states.values()) == {0}


def test_what_is_no_process_is_passed_over(proc: Proc) -> None:
    proc.start(1)
    (proc.roots.proc / "2").mkdir()
    (proc.roots.proc / "self").mkdir()
    (proc.roots.proc / "uptime").write_text("1 2")
    (proc.roots.proc / "3").mkdir()
    (proc.roots.proc / "3/stat").write_text("half a li")
    assert only(proc.source().read()).pid == 1


def test_a_system_that_shows_no_processes_has_no_data(proc: Proc) -> None:
    with pytest.raises(NoDataError):
        proc.source().read()


def test_open_files_are_told(proc: Proc) -> None:
    proc.start(1)
    (proc.roots.proc / "sys/fs").mkdir()
    (proc.roots.proc / "sys/fs/file-nr").write_text("520\t0\t9223372036854775807\n")
    reading = proc.source().read()
    assert (reading.open_files, reading.open_files_limit) == (520.0, float(2**63 - 1))


def test_open_files_that_can_not_be_read_are_left_out(proc: Proc) -> None:
    proc.start(1)
    reading = proc.source().read()
    assert (reading.open_files, reading.open_files_limit) == (None, None)


def test_a_process_is_described_by_its_full_name_and_user(proc: Proc) -> None:
    proc.start(1, b"gnome-terminal-", cmdline=b"/usr/libexec/gnome-terminal-server\0")
    reading = proc.source().read()
    assert reading.describe(only(reading)) == ("gnome-terminal-server", "tester")


def test_a_process_is_looked_at_once_in_its_life(proc: Proc) -> None:
    name = b"fifteen-letters"
    proc.start(1, name, cmdline=name + b"-first\0")
    source = proc.source()
    first = source.read()
    first.describe(only(first))
    proc.start(1, name, cmdline=name + b"-second\0", user=9999)
    second = source.read()
    assert second.describe(only(second)) == ("fifteen-letters-first", "tester")


def test_another_process_of_the_same_number_is_looked_at_anew(proc: Proc) -> None:
    name = b"fifteen-letters"
    proc.start(1, name, cmdline=name + b"-first\0")
    source = proc.source()
    first = source.read()
    first.describe(only(first))
    proc.start(1, name, cmdline=name + b"-second\0", start=8000)
    second = source.read()
    assert only(second).identity != only(first).identity
    assert second.describe(only(second)) == ("fifteen-letters-second", "tester")


def test_a_process_that_became_another_program_keeps_its_identity_and_gets_its_new_name(proc: Proc) -> None:
    proc.start(1, b"bash")
    source = proc.source()
    first = source.read()
    first.describe(only(first))
    proc.start(1, b"vim")
    second = source.read()
    assert only(second).identity == only(first).identity
    assert second.describe(only(second)) == ("vim", "tester")


def test_a_process_that_has_ended_is_not_described(proc: Proc) -> None:
    proc.start(1)
    reading = proc.source().read()
    proc.end(1)
    assert reading.describe(only(reading)) is None


def test_a_process_without_a_command_line_keeps_the_kernels_name(proc: Proc) -> None:
    proc.start(1, b"fifteen-letters")
    (proc.roots.proc / "1/cmdline").unlink()
    reading = proc.source().read()
    assert reading.describe(only(reading)) == ("fifteen-letters", "tester")


def test_the_memory_of_a_process_that_waits_for_a_disk_is_left_alone(proc: Proc) -> None:
    name = b"fifteen-letters"
    proc.start(1, name, b"D", cmdline=name + b"-long\0")
    reading = proc.source().read()
    assert reading.describe(only(reading)) == ("fifteen-letters", "tester")


def test_memory_stays_flat_while_processes_come_and_go(proc: Proc) -> None:
    source = proc.source()

    def memory_after(number: int) -> int:
        pids = range(number * 100 + 1, number * 100 + 101)
        for pid in pids:
            proc.start(pid, b"worker-%d" % number)
        reading = source.read()
        assert {reading.describe(process) for process in reading.processes} == {(f"worker-{number}", "tester")}
        for pid in pids:
            proc.end(pid)
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        *_, before = [memory_after(number) for number in range(5)]  # caches have filled
        *_, after = [memory_after(number) for number in range(5, 30)]
    finally:
        tracemalloc.stop()
    assert after - before < 100_000


@pytest.mark.skipif(sys.platform != "linux", reason="needs a real /proc")
def test_the_real_kernel_tells_of_this_very_process() -> None:
    reading = LinuxProcess(Roots(), SystemClock(), Units(100, mmap.PAGESIZE)).read()
    (own,) = (process for process in reading.processes if process.pid == os.getpid())
    assert own.memory_bytes is not None
    assert own.memory_bytes > 1_000_000
    assert own.cpu_seconds is not None
    assert own.cpu_seconds > 0
    assert reading.describe(own) is not None
    assert reading.open_files is not None
    assert 1 <= reading.cores <= 4096
