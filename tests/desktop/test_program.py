"""The real program with its real dashboard on a screen without a monitor: opened, opened again, ended."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agent import Agent, until
from desktop.screen import screen, told
from servers import needs

pytestmark = [needs("Xvfb"), needs("openbox"), needs("xdotool"), needs("dbus-daemon")]
pytest.importorskip("gi", reason="PyGObject is not installed; tests/run installs it on Debian and Ubuntu")


class Seat:
    """Somebody at a screen, and their Traybeat."""

    def __init__(self, home: Path, environ: dict[str, str], ports: tuple[int, int]) -> None:
        self.environ = environ
        self.agent = Agent(home, ports[0], **{**environ, "TRAYBEAT_DASHBOARD__PORT": str(ports[1])})
        self.agent.environ["XDG_RUNTIME_DIR"] = environ["XDG_RUNTIME_DIR"]

    def windows(self) -> list[str]:
        return told(self.environ, "xdotool", "search", "--onlyvisible", "--name", "^Traybeat$").split()


@pytest.fixture
def seat(tmp_path: Path, new_port: Callable[[], int]) -> Iterator[Seat]:
    with screen(tmp_path / "home") as environ:
        yield Seat(tmp_path, environ, (new_port(), new_port()))


def test_one_window_of_one_instance_however_it_is_asked_for(seat: Seat) -> None:
    process = seat.agent.start()
    try:
        until(seat.agent.answers, 30, "the first answer")
        assert seat.agent.command("window").returncode == 0
        until(lambda: len(seat.windows()) == 1, 20, "the window")
        first = seat.windows()
        again = seat.agent.command()
        assert (again.returncode, again.stderr) == (0, "")
        assert seat.agent.command("window", "alerts").returncode == 0
        assert seat.windows() == first
        refused = seat.agent.command("window", "a//b")
        assert refused.returncode == 1
        assert "is no page of the dashboard" in refused.stderr
        process.terminate()
        process.communicate(timeout=10)
        until(lambda: not seat.windows(), what="the window's end with the program")
        assert process.returncode == 0
    finally:
        process.kill()


def test_the_first_run_opens_the_window_by_itself_at_the_welcome_and_no_later_run_does(seat: Seat) -> None:
    welcomed = seat.agent.data / "welcomed"
    process = seat.agent.start(first=True)
    try:
        until(lambda: len(seat.windows()) == 1, 30, "the first window")
        until(welcomed.exists, 30, "the welcome in it")
    finally:
        process.terminate()
        process.communicate(timeout=15)
    process = seat.agent.start(first=True)
    try:
        until(seat.agent.answers, 30, "the first answer")
        until(lambda: {one["state"] for one in seat.agent.status()["listeners"]} == {"listening"}, 30, "the dashboard")
        assert seat.windows() == []
    finally:
        process.terminate()
        process.communicate(timeout=15)
    assert (seat.agent.data / "traybeat.log").read_text("utf-8").count("window opened") == 1


def test_opening_the_window_starts_a_program_where_none_runs(seat: Seat) -> None:
    try:
        assert seat.agent.command("window").returncode == 0
        until(lambda: len(seat.windows()) == 1, 20, "the window")
    finally:
        pid = (seat.agent.data / "traybeat.lock").read_text("utf-8").strip()
        subprocess.run(["kill", pid], check=True)
        until(lambda: not Path("/proc", pid).exists(), what="the program's end")
