"""`traybeat quit`, as somebody or an installer calls it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent import Agent, free_port, until
from traybeat.commands.quit import quit_
from traybeat.host import instance
from traybeat.host.paths import Paths


@pytest.fixture
def agent(tmp_path: Path) -> Agent:
    return Agent(tmp_path, free_port())


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "config", tmp_path / "data", tmp_path / "data", tmp_path / "runtime")


def test_it_returns_once_the_running_one_has_ended(agent: Agent) -> None:
    with agent.start("--headless") as process:
        until(agent.answers, 30, "the first answer")
        done = agent.command("quit")
        assert (done.returncode, done.stdout) == (0, "Traybeat has ended\n")
        process.communicate(timeout=5)
        assert process.returncode == 0


def test_one_that_is_still_starting_ends_too(agent: Agent) -> None:
    with agent.start("--headless") as process:
        until((agent.data / "traybeat.lock").exists, 30, "the lock")
        assert agent.command("quit").returncode == 0
        process.communicate(timeout=5)
        assert process.returncode == 0


def test_where_none_runs_there_is_nothing_to_end_and_nothing_is_written(
    paths: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    assert quit_(paths) == 0
    assert capsys.readouterr().out == "Traybeat does not run here\n"
    assert not paths.data.exists()


def test_one_that_does_not_heed_is_named(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    moments: Iterator[float] = iter(range(100))
    lock = instance.acquire(paths.lock)
    try:
        assert quit_(paths, patience=3, monotonic=lambda: next(moments), pause=lambda _: None) == 1
    finally:
        lock.release()
    told = capsys.readouterr().err
    assert str(paths.data) in told
    assert "end that process" in told
