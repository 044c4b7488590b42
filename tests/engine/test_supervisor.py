import threading
import time

from traybeat.engine.supervisor import Supervisor, back_off
from traybeat.model.stop import Stop


class Worker:
    """Notes its runs; dies as often as told."""

    def __init__(self, name: str, deaths: int = 0, log: list[str] | None = None) -> None:
        self.name = name
        self.deaths = deaths
        self.runs = threading.Semaphore(0)
        self.ended = log if log is not None else []

    def run(self, stop: Stop) -> None:
        self.runs.release()
        if self.deaths:
            self.deaths -= 1
            raise RuntimeError("as told")
        stop.wait()
        self.ended.append(self.name)


class Deaf:
    """Never hears that it should stop, until the test lets it go."""

    name = "deaf"

    def __init__(self) -> None:
        self.free = threading.Event()

    def run(self, stop: Stop) -> None:
        self.free.wait()


def test_a_service_that_dies_is_started_again_and_counted() -> None:
    supervisor, worker = Supervisor(), Worker("worker", deaths=1)
    supervisor.start(worker)
    assert worker.runs.acquire(timeout=5)
    assert worker.runs.acquire(timeout=5)
    assert supervisor.restarts() == {"worker": 1}
    assert supervisor.stop() == ()


def test_services_end_in_reverse_order() -> None:
    supervisor, order = Supervisor(), list[str]()
    for name in ("first", "second", "third"):
        worker = Worker(name, log=order)
        supervisor.start(worker)
        assert worker.runs.acquire(timeout=5)
    assert supervisor.stop() == ()
    assert order == ["third", "second", "first"]


def test_a_service_that_does_not_stop_is_named_and_holds_up_nobody() -> None:
    supervisor, deaf, order = Supervisor(), Deaf(), list[str]()
    worker = Worker("worker", log=order)
    supervisor.start(worker)
    assert worker.runs.acquire(timeout=5)
    supervisor.start(deaf)
    started = time.monotonic()
    assert supervisor.stop(seconds=0.2) == ("deaf",)
    assert time.monotonic() - started < 2
    deaf.free.set()


def test_a_name_is_free_again_once_its_service_has_ended() -> None:
    supervisor = Supervisor()
    supervisor.start(Worker("worker"))
    assert supervisor.end("worker")
    second = Worker("worker")
    supervisor.start(second)
    assert second.runs.acquire(timeout=5)
    supervisor.stop()


def test_ending_what_does_not_run_is_no_fault() -> None:
    assert Supervisor().end("nobody")


def test_back_off_doubles_up_to_a_minute() -> None:
    assert [back_off(n) for n in (1, 2, 3)] == [0.5, 1.0, 2.0]
    assert back_off(50) == 60.0
