"""What is heard, by a window of the test's own; tests/desktop/test_windows.py has the real one."""

import threading

import pytest

from traybeat.host.windows.events import WINDOW, SystemEvents
from traybeat.host.windows.window import Answer, answered
from traybeat.model.stop import Stop

POWER, QUERY_END, END = 0x218, 0x11, 0x16
SUSPEND, RESUME, RESUMED_BY_USER = 0x04, 0x12, 0x07


class Listener:
    """Stands for the window: keeps who answers, until told to stop."""

    def __init__(self) -> None:
        self.answer: Answer = lambda *_: None
        self.there = threading.Event()

    def __call__(self, name: str, answer: Answer, stop: Stop) -> None:
        assert name == WINDOW
        self.answer = answer
        self.there.set()
        stop.wait()


class Bench:
    def __init__(self) -> None:
        self.told: list[bool] = []
        self.listener, self.stop = Listener(), Stop()
        events = SystemEvents(self.told.append, self.end, self.listener)
        self.ended = 0
        self.thread = threading.Thread(target=events.run, args=(self.stop,))
        self.thread.start()
        assert self.listener.there.wait(5)

    def end(self) -> None:
        self.ended += 1
        self.stop.set()

    def close(self) -> None:
        self.stop.set()
        self.thread.join(5)
        assert not self.thread.is_alive()


def test_sleep_and_waking_are_told_once_each() -> None:
    bench = Bench()
    answers = [bench.listener.answer(POWER, one, 0) for one in (SUSPEND, RESUME, RESUMED_BY_USER)]
    bench.close()
    assert bench.told == [True, False]
    assert answers == [1, 1, None]


def test_nobody_is_kept_from_logging_off_and_that_ends_the_program() -> None:
    bench = Bench()
    assert bench.listener.answer(QUERY_END, 0, 0) == 1
    assert bench.listener.answer(END, 0, 0) == 0
    assert bench.ended == 0
    assert bench.listener.answer(END, 1, 0) == 0  # answered once everything has ended
    assert bench.ended == 1
    assert bench.stop.is_set()
    bench.close()


def test_everything_else_is_left_to_windows() -> None:
    bench = Bench()
    assert bench.listener.answer(0x1234, 0, 0) is None
    bench.close()


def test_what_goes_wrong_with_a_message_is_told_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    def fail(message: int, word: int, more: int) -> int:
        raise RuntimeError("no")

    assert answered(fail, POWER, SUSPEND, 0) is None
    assert "a message of Windows was in vain" in caplog.text
