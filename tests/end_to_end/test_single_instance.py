"""One instance for each data directory, however many start; the others hand over to it."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from agent import COMMAND, Agent, until

STARTS = 50


def test_fifty_simultaneous_starts_give_one_instance(tmp_path: Path, free_port: int) -> None:
    agent = Agent(tmp_path, free_port)
    agent.environ = {name: value for name, value in agent.environ.items() if not name.startswith("COVERAGE")}
    started = [
        subprocess.Popen(
            [*COMMAND, "--headless"], env=agent.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(STARTS)
    ]
    try:
        until(lambda: sum(one.poll() is None for one in started) == 1, 60, "the end of all but one")
        until(agent.answers, what="the one that runs")
        codes = sorted(one.returncode for one in started if one.returncode is not None)
        assert codes == [3] * (STARTS - 1)
        (runs,) = [one for one in started if one.poll() is None]
        assert agent.status()["pid"] == runs.pid
        assert (agent.data / "traybeat.lock").read_text("utf-8").split() == [str(runs.pid)]
    finally:
        for one in started:
            one.kill()
            one.wait()


@pytest.mark.skipif(sys.platform == "win32", reason="the lock's holder can't be killed like that there")
def test_a_lock_whose_holder_was_killed_holds_nobody_up(tmp_path: Path, free_port: int) -> None:
    agent = Agent(tmp_path, free_port)
    first = agent.start("--headless")
    until(agent.answers, 30, "the first")
    first.kill()
    first.communicate()
    with agent.running():
        assert agent.status()["pid"] != first.pid
    log = next(agent.home.rglob("traybeat.log")).read_text("utf-8")
    assert f"the last one was killed, crashed, or lost its power part=run pid={first.pid}" in log
    assert "asked to end part=run by=SIGTERM" in log
    assert "ended part=run lagging=none" in log
    with agent.running():
        pass
    again = next(agent.home.rglob("traybeat.log")).read_text("utf-8")
    assert again.count("the last one was killed") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals there")
def test_a_logoff_that_says_so_twice_is_one_clean_end(tmp_path: Path, free_port: int) -> None:
    agent = Agent(tmp_path, free_port)
    process = agent.start("--headless")
    until(agent.answers, 30, "the first answer")
    process.send_signal(signal.Signals["SIGHUP"])
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=10)
    assert process.returncode == 0
    log = next(agent.home.rglob("traybeat.log")).read_text("utf-8")
    assert "asked to end part=run by=SIG" in log
    assert "ended part=run" in log.splitlines()[-1]


def test_a_second_start_in_a_desktop_session_asks_the_first_for_its_window(tmp_path: Path, free_port: int) -> None:
    agent = Agent(tmp_path, free_port, DISPLAY=":1")
    with agent.running():
        second = agent.command()
        assert second.returncode in {0, 3}
        told = "the dashboard does not listen" in second.stderr
        assert (second.returncode == 3) is told
        assert agent.command("--headless").returncode == 3


def test_without_a_display_no_window_is_asked_for(tmp_path: Path) -> None:
    agent = Agent(tmp_path, 1)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        agent.environ.pop(name, None)
    if sys.platform == "linux":
        done = agent.command("window")
        assert (done.returncode, done.stdout) == (1, "")
        assert "no display" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="it would switch this user's own")
def test_start_at_login_is_switched_by_the_command_line(tmp_path: Path) -> None:
    agent = Agent(tmp_path, 1, XDG_CONFIG_HOME=str(tmp_path / "xdg"), HOME=str(tmp_path))
    assert agent.command("autostart", "status").stdout == "Traybeat does not start at login\n"
    assert agent.command("--data", str(tmp_path / "d d"), "autostart", "on").returncode == 0
    written = (tmp_path / "xdg" / "autostart" / "traybeat.desktop").read_text("utf-8")
    own = f'"{Path(sys.executable).absolute()}" "-P" "-m" "traybeat"'
    assert f'Exec={own} "--config" "{agent.config}" "--data" "{tmp_path}/d d"\n' in written
    assert "starts at login" in agent.command("--data", str(tmp_path / "d d"), "autostart", "status").stdout
    assert "another copy" in agent.command("autostart", "status").stdout
    assert agent.command("autostart", "off").stdout == "Traybeat does not start at login\n"
