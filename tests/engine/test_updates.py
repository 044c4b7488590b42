import logging
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes import FakeClock
from traybeat.engine.supervisor import Supervisor
from traybeat.engine.updates import UpdateCheck, UpdateState
from traybeat.model.settings import Settings, Updates
from traybeat.model.stop import Stop
from traybeat.updates.edition import Edition
from traybeat.updates.manifest import ManifestError, Release

DAY = 86_400.0
EDITION = Edition("https://example.org/m.json", b64encode(bytes(32)).decode())
ON = Settings(updates=Updates(check=True))


class Publisher:
    """Gives one release, or the reason why not; counts the questions."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.asked = 0
        self.release = self.make("1.0.0")
        self.problem: str | None = None

    def make(self, version: str, released: float = 0.0) -> Release:
        now = self._clock.wall()
        return Release(version, released or now, now + 90 * DAY, f"https://example.org/{version}")

    def __call__(self, edition: Edition) -> Release:
        assert edition == EDITION
        self.asked += 1
        if self.problem:
            raise ManifestError(self.problem)
        return self.release


class Bench:
    def __init__(self, directory: Path, edition: Edition = EDITION) -> None:
        self.clock, self.told = FakeClock(), list[str]()
        self.publisher = Publisher(self.clock)
        self.file, self._edition, self._supervisor = directory / "updates.json", edition, Supervisor()
        self.check = self.restarted()

    def restarted(self) -> UpdateCheck:
        self._supervisor.stop()
        self.check = UpdateCheck(
            *(self.file, self.clock, self._supervisor, self.publisher, self._edition, "1.0.0", self.told.append)
        )
        self.check.apply(Settings(), ON)
        return self.check

    @property
    def runs(self) -> bool:
        return "updates" in self._supervisor.restarts()

    def close(self) -> None:
        self._supervisor.stop()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.close()


def test_nobody_is_asked_by_default(bench: Bench) -> None:
    assert not Settings().updates.check
    bench.check.apply(ON, Settings())
    assert not bench.runs
    assert bench.check.state == UpdateState(wanted=False)


def test_it_is_asked_once_a_day_across_restarts(bench: Bench) -> None:
    bench.check.look()
    bench.check.look()
    bench.restarted().look()
    assert bench.publisher.asked == 1
    bench.clock.go(DAY + 1)
    bench.check.look()
    assert bench.publisher.asked == 2


def test_a_newer_version_is_told_once_and_stays_in_the_state(bench: Bench) -> None:
    bench.publisher.release = bench.publisher.make("1.1.0")
    bench.check.look()
    bench.clock.go(DAY + 1)
    bench.restarted().look()
    assert bench.told == ["Traybeat 1.1.0 is there (this is 1.0.0): https://example.org/1.1.0"]
    assert (bench.check.state.version, bench.check.state.page) == ("1.1.0", "https://example.org/1.1.0")


def test_our_own_version_is_nothing_to_tell(bench: Bench) -> None:
    bench.check.look()
    assert bench.told == []
    assert bench.check.state == UpdateState(wanted=True, asked=bench.clock.wall())


def test_an_older_manifest_than_one_seen_is_not_believed_even_after_a_restart(bench: Bench) -> None:
    bench.publisher.release = bench.publisher.make("1.2.0")
    bench.check.look()
    bench.publisher.release = bench.publisher.make("1.1.0", released=bench.clock.wall() - 10)
    bench.clock.go(DAY + 1)
    bench.restarted().look()
    assert bench.check.state.version == "1.2.0"
    assert "older than one seen before" in str(bench.check.state.problem)


def test_a_failure_is_told_and_tried_again_the_next_day(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.publisher.problem = "no connection"
    with caplog.at_level(logging.WARNING):
        bench.check.look()
    bench.check.look()
    assert bench.publisher.asked == 1
    assert bench.check.state.problem == "no connection"
    assert "no answer about newer versions" in caplog.text
    bench.publisher.problem = None
    bench.clock.go(DAY + 1)
    bench.check.look()
    assert bench.check.state.problem is None


def test_a_clock_that_was_ahead_does_not_silence_it(bench: Bench) -> None:
    bench.check.look()
    bench.clock.now_wall -= 400 * DAY
    bench.publisher.release = bench.publisher.make("1.0.0", released=bench.clock.wall() + 400 * DAY)
    bench.check.look()
    assert bench.publisher.asked == 2


def test_a_copy_without_a_place_to_ask_says_so_and_asks_nobody(tmp_path: Path) -> None:
    bench = Bench(tmp_path, Edition())
    assert not bench.runs
    assert "without a place to ask" in str(bench.check.state.problem)
    bench.close()


def test_settings_with_half_a_place_are_refused(bench: Bench) -> None:
    (fault,) = bench.check.check(Settings(updates=Updates(manifest="https://fleet.example/m.json")))
    assert fault.path == "updates.public_key"


def test_it_starts_and_ends_with_the_setting(bench: Bench) -> None:
    assert bench.runs
    bench.check.apply(ON, ON)
    assert bench.runs
    bench.check.apply(ON, Settings())
    assert not bench.runs


def test_the_service_ends_when_it_is_told_to(bench: Bench) -> None:
    stop = Stop()
    stop.set()
    bench.check.run(stop)
    assert bench.publisher.asked == 0


def test_a_file_that_can_not_be_read_or_written_harms_nothing(tmp_path: Path) -> None:
    (tmp_path / "updates.json").mkdir()
    bench = Bench(tmp_path)
    bench.check.look()
    assert bench.publisher.asked == 1
    bench.close()
