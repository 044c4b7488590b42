import json
import os
from collections.abc import Iterator
from typing import IO

import pytest

from traybeat.host.prober import (
    BACK_OFF_SECONDS,
    DEADLINE_SECONDS,
    INTERVAL_SECONDS,
    LONGEST_BACK_OFF_SECONDS,
    MOST_UNDYING,
    Prober,
)
from traybeat.model.readings.disk import Usage

SIZES = (100.0, 50.0, 40.0, 10.0, 5.0)
USAGE = Usage(*SIZES)


class Helper:
    """A process that has been started: a test says what it answers, and when it ends."""

    pid = 1

    def __init__(self, questions: bytes, output: IO[bytes]) -> None:
        self.paths = questions.split(b"\0")[:-1]
        self.killed = False
        self.mortal = True
        self._output = os.dup(output.fileno())
        self._code: int | None = None

    def answer(self, *numbers: int, values: tuple[float, ...] = SIZES) -> None:
        for number in numbers:
            self.write(json.dumps([number, *values]).encode() + b"\n")

    def write(self, line: bytes) -> None:
        os.write(self._output, line)

    def end(self, code: int = 0) -> None:
        self._code = code
        os.close(self._output)

    def poll(self) -> int | None:
        return self._code

    def kill(self) -> None:
        self.killed = True
        if self.mortal:
            self.end(-9)

    def wait(self, timeout: float) -> int:
        assert timeout < 1
        return self._code or 0


class Machine:
    """Starts helpers and keeps them for the test to look at."""

    def __init__(self) -> None:
        self.helpers: list[Helper] = []
        self.broken = False
        self.mortal = True
        self.prober: Prober[str] = Prober(self.start, ["helper"])

    def start(self, arguments: list[str], stdin: IO[bytes], stdout: IO[bytes]) -> Helper:
        assert arguments == ["helper"]
        if self.broken:
            raise OSError("no more processes")
        helper = Helper(stdin.read(), stdout)
        helper.mortal = self.mortal
        self.helpers.append(helper)
        return helper

    def poll(self, now: float, *mounts: str) -> dict[str, Usage | None]:
        return dict(self.prober.poll(now, {mount: f"/{mount}" for mount in mounts}))


@pytest.fixture
def machine() -> Iterator[Machine]:
    machine = Machine()
    yield machine
    machine.prober.close()


def test_a_mount_is_known_once_its_helper_has_answered_and_ended(machine: Machine) -> None:
    assert machine.poll(0, "nas") == {}
    machine.helpers[0].answer(0)
    assert machine.poll(2, "nas") == {}
    machine.helpers[0].end()
    assert machine.poll(4, "nas") == {"nas": USAGE}
    assert machine.helpers[0].paths == [b"/nas"]


def test_nothing_is_started_where_there_is_nothing_to_ask(machine: Machine) -> None:
    assert machine.poll(0) == {}
    assert machine.helpers == []


def test_mounts_are_asked_again_after_half_a_minute_and_not_before(machine: Machine) -> None:
    machine.poll(0, "nas")
    machine.helpers[0].answer(0)
    machine.helpers[0].end()
    machine.poll(INTERVAL_SECONDS - 1, "nas")
    assert len(machine.helpers) == 1
    machine.poll(INTERVAL_SECONDS, "nas")
    assert len(machine.helpers) == 2


def test_a_new_mount_is_asked_at_once(machine: Machine) -> None:
    machine.poll(0, "nas")
    machine.helpers[0].end()
    machine.poll(2, "nas", "other")
    assert machine.helpers[1].paths == [b"/other"]


def test_one_that_does_not_answer_within_the_deadline_is_killed_and_stale(machine: Machine) -> None:
    machine.poll(0, "dead")
    machine.poll(DEADLINE_SECONDS - 0.1, "dead")
    assert not machine.helpers[0].killed
    assert machine.poll(DEADLINE_SECONDS, "dead") == {"dead": None}
    assert machine.helpers[0].killed


def test_a_refusal_is_stale_at_once_and_asked_again_at_the_next_turn(machine: Machine) -> None:
    machine.poll(0, "nas")
    machine.helpers[0].answer(0, values=())
    machine.helpers[0].end()
    assert machine.poll(2, "nas") == {"nas": None}
    machine.poll(INTERVAL_SECONDS, "nas")
    machine.helpers[1].answer(0)
    machine.helpers[1].end()
    assert machine.poll(INTERVAL_SECONDS + 2, "nas") == {"nas": USAGE}


def test_mounts_before_and_behind_a_dead_one_are_answered_all_the_same(machine: Machine) -> None:
    mounts = ("one", "dead", "three")
    machine.poll(0, *mounts)
    machine.helpers[0].answer(0)
    assert machine.poll(5, *mounts) == {"one": USAGE, "dead": None}
    assert machine.helpers[1].paths == [b"/three"]
    machine.helpers[1].answer(0)
    machine.helpers[1].end()
    assert machine.poll(7, *mounts) == {"one": USAGE, "dead": None, "three": USAGE}


def fail(machine: Machine, now: float) -> None:
    started = len(machine.helpers)
    machine.poll(now, "dead")
    assert len(machine.helpers) == started + 1
    machine.poll(now + DEADLINE_SECONDS, "dead")


def test_a_dead_mount_is_left_alone_for_ever_longer(machine: Machine) -> None:
    now, delay = 0.0, BACK_OFF_SECONDS
    for _ in range(6):
        fail(machine, now)
        missed = now + DEADLINE_SECONDS
        tries = len(machine.helpers)
        machine.poll(missed + delay - 0.1, "dead")
        assert len(machine.helpers) == tries
        now = missed + delay
        delay = min(2 * delay, LONGEST_BACK_OFF_SECONDS)
    assert delay == LONGEST_BACK_OFF_SECONDS


def test_an_answer_ends_the_back_off(machine: Machine) -> None:
    fail(machine, 0)
    machine.poll(100, "dead")
    machine.helpers[-1].answer(0)
    machine.helpers[-1].end()
    assert machine.poll(102, "dead") == {"dead": USAGE}
    fail(machine, 200)
    tries = len(machine.helpers)
    machine.poll(205 + BACK_OFF_SECONDS, "dead")
    assert len(machine.helpers) == tries + 1


def test_while_a_killed_helper_lives_no_other_is_sent_to_its_mount(machine: Machine) -> None:
    machine.mortal = False
    fail(machine, 0)
    for now in (100, 1000, 10_000):
        assert machine.poll(now, "dead") == {"dead": None}
    assert len(machine.helpers) == 1
    machine.helpers[0].end(-9)
    machine.poll(10_002, "dead")
    assert len(machine.helpers) == 2


def test_other_mounts_go_on_while_a_killed_helper_lives(machine: Machine) -> None:
    machine.mortal = False
    machine.poll(0, "dead", "nas")
    machine.poll(5, "dead", "nas")
    machine.helpers[1].answer(0)
    machine.helpers[1].end()
    assert machine.poll(7, "dead", "nas") == {"dead": None, "nas": USAGE}
    machine.poll(40, "dead", "nas")
    assert machine.helpers[2].paths == [b"/nas"]


def test_undying_helpers_never_pile_up(machine: Machine) -> None:
    machine.mortal = False
    mounts = [f"dead{number}" for number in range(10)]
    for now in range(0, 3600, 5):
        machine.poll(now, *mounts)
    assert len(machine.helpers) == MOST_UNDYING
    for helper in machine.helpers:
        helper.end(-9)
    machine.poll(3600, *mounts)
    assert len(machine.helpers) == MOST_UNDYING + 1


def test_a_helper_that_breaks_counts_against_one_mount_and_frees_the_others(machine: Machine) -> None:
    machine.poll(0, "one", "two")
    machine.helpers[0].end(1)
    assert machine.poll(2, "one", "two") == {"one": None}
    assert machine.helpers[1].paths == [b"/two"]


def test_where_no_helper_can_be_started_all_are_stale_and_tried_later(machine: Machine) -> None:
    machine.broken = True
    assert machine.poll(0, "one", "two") == {"one": None, "two": None}
    machine.broken = False
    machine.poll(BACK_OFF_SECONDS - 1, "one", "two")
    assert machine.helpers == []
    machine.poll(BACK_OFF_SECONDS, "one", "two")
    assert machine.helpers[0].paths == [b"/one", b"/two"]


@pytest.mark.parametrize(
    "line", [b"not json\n", b"[7, 1, 2, 3]\n", b"[]\n", b'{"a": 1}\n', b"3\n", b"[0, 1]\n", b"[0, 1"]
)
def test_an_answer_that_makes_no_sense_is_no_answer(machine: Machine, line: bytes) -> None:
    machine.poll(0, "nas")
    machine.helpers[0].write(line)
    machine.helpers[0].end()
    assert machine.poll(2, "nas") == {"nas": None}


def test_a_long_answer_is_read_whole(machine: Machine) -> None:
    mounts = [f"nas{number}" for number in range(5000)]
    machine.poll(0, *mounts)
    machine.helpers[0].answer(*range(5000))
    machine.helpers[0].end()
    assert len(machine.poll(2, *mounts)) == 5000


def test_a_mount_that_is_gone_is_forgotten(machine: Machine) -> None:
    machine.poll(0, "nas")
    machine.helpers[0].answer(0)
    machine.helpers[0].end()
    machine.poll(2, "nas")
    assert machine.poll(4) == {}
    machine.poll(6, "nas")
    assert len(machine.helpers) == 2


def test_watching_none_any_more_still_ends_the_helper_that_runs(machine: Machine) -> None:
    machine.poll(0, "dead")
    machine.poll(2)
    assert machine.poll(5) == {}
    assert machine.helpers[0].killed


def test_at_the_end_of_the_program_the_helper_that_runs_is_ended(machine: Machine) -> None:
    machine.poll(0, "nas")
    machine.prober.close()
    assert machine.helpers[0].killed
    machine.prober.close()


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="counts open files in Linux' way")  # noqa: PTH112
def test_no_file_stays_open_behind_any_ending(machine: Machine) -> None:
    before = open_files()
    machine.broken = True
    machine.poll(0, "one")
    machine.broken = False
    machine.poll(100, "one")
    machine.helpers[0].end()
    machine.poll(102, "one")
    machine.poll(300, "one")
    machine.poll(305, "one")
    machine.poll(600, "one")
    machine.prober.close()
    assert len(machine.helpers) == 3
    assert open_files() == before


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208
