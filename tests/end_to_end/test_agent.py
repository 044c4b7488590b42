"""The program from outside: what it prints, how it ends, what it does with bad input."""

import http.client
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import traybeat
from agent import END, INTERRUPT, Agent, until, values

MODES = sys.platform != "win32"  # which has no permission bits


@pytest.fixture
def agent(tmp_path: Path, free_port: int) -> Agent:
    return Agent(tmp_path, free_port)


@pytest.fixture
def on_file(tmp_path: Path, free_port: int) -> Agent:
    return Agent(tmp_path, free_port, f"exporter: {{port: {free_port}}}\n")


def test_it_says_in_one_line_that_it_runs_and_where_the_metrics_are(agent: Agent) -> None:
    with agent.running() as process:
        text = agent.metrics()
        process.send_signal(INTERRUPT)
        out, _ = process.communicate(timeout=10)
    metrics, dashboard = f"http://127.0.0.1:{agent.port}/metrics", f"http://127.0.0.1:{agent.dashboard}"
    head = f"Traybeat {traybeat.__version__} runs headless"
    assert out == f"{head}; metrics are at {metrics}; the dashboard is at {dashboard}\n"
    for name in ("system_memory_used_ratio", "agent_build_info", "node_time_seconds"):
        assert name in text


def test_every_collector_tells_something_or_says_that_there_is_nothing(agent: Agent) -> None:
    with agent.running():
        until(lambda: "system_cpu_busy_ratio " in agent.metrics(), what="the second collection")
        until(lambda: len(agent.status()["collectors"]) == 7, what="the seventh collector")
        states = {one["name"]: one["state"] for one in agent.status()["collectors"]}
        text = agent.metrics()
    assert states.keys() == {"cpu", "memory", "disk", "network", "process", "sensors", "battery"}
    assert set(states.values()) <= {"healthy", "no data"}
    for name in ("cpu", "memory", "disk", "network", "process"):
        assert states[name] == "healthy"
    for metric in ("cpu_busy_ratio", "memory_used_ratio", "filesystem_used_ratio", "network_receive", "process_count"):
        assert f"\nsystem_{metric}" in text


def test_the_first_start_writes_commented_settings_for_this_user_alone(agent: Agent) -> None:
    with agent.running():
        text = agent.settings.read_text("utf-8")
        assert not MODES or stat.S_IMODE(agent.settings.stat().st_mode) == 0o600
    assert "#port: 9100\n" in text
    assert agent.command("check").returncode == 0


@pytest.mark.parametrize("delay", [0.0, 0.02, 0.05, 0.08, 0.12, 0.16, 0.2, 0.3, 0.4, 0.6, 0.9])
def test_it_ends_cleanly_from_any_moment_of_its_start(agent: Agent, delay: float) -> None:
    process = agent.start("--headless")
    assert process.stdout is not None
    until(lambda: _catches(process.pid, agent), what="the signal handler")
    time.sleep(delay)
    started = time.monotonic()
    process.send_signal(END)
    out, err = process.communicate(timeout=10)
    assert time.monotonic() - started < 5
    assert process.returncode == 0, (out, err)
    assert "Traceback" not in err


if sys.platform == "linux":

    def _catches(pid: int, agent: Agent) -> bool:
        """Say whether the process catches SIGTERM yet: before that, Python itself is only starting."""
        try:
            status = Path(f"/proc/{pid}/status").read_text("utf-8")
        except FileNotFoundError:
            return False
        caught = re.search(r"^SigCgt:\s*([0-9a-f]+)", status, re.MULTILINE)
        return caught is not None and bool(int(caught[1], 16) >> (signal.SIGTERM - 1) & 1)

else:

    def _catches(pid: int, agent: Agent) -> bool:
        """Say whether the process has made its first directory: it catches signals before that."""
        return agent.data.exists()


def test_a_second_start_says_that_one_runs_and_exits_with_3(agent: Agent) -> None:
    with agent.running():
        pid = agent.status()["pid"]
        second = agent.command("--headless")
    assert second.returncode == 3
    assert f"already runs here (process {pid}, " in second.stderr


def test_many_starts_at_once_give_one_instance(agent: Agent) -> None:
    with agent.running():
        starts = [agent.start("--headless") for _ in range(10)]
        codes = [start.wait(60) for start in starts]
        for start in starts:
            start.communicate()
    assert codes == [3] * 10


def test_killed_it_starts_again_at_once(agent: Agent) -> None:
    process = agent.start("--headless")
    until(agent.answers, what="the first answer")
    process.kill()
    process.communicate()
    with agent.running():
        assert agent.status()["pid"] != process.pid


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("exporter: {port: 99999}\n", "exporter.port: found 99999, expected a whole number from 1 to 65535"),
        ("exporter: {prt: 9100}\n", "did you mean exporter.port"),
        ("exporter: {address: 0.0.0.0}\n", "exporter.allow_anonymous: true"),
        ("exporter: [\n", "line"),
        ("a: &a [x, x]\nb: [*a, *a]\n", "line 1"),
        ("x: !!python/object/apply:os.system [touch owned]\n", "line 1"),
        ("collectors: {cpu: {interval_seconds: soon}}\n", 'collectors.cpu.interval_seconds: found "soon", expected'),
    ],
)
def test_settings_that_are_wrong_are_told_whole_and_left_alone(on_file: Agent, settings: str, said: str) -> None:
    on_file.write(settings)
    for arguments in (["check"], ["--headless"]):
        done = on_file.command(*arguments)
        assert done.returncode == 2
        assert said in done.stderr
        assert "Traceback" not in done.stderr
    assert on_file.settings.read_text("utf-8") == settings
    assert not Path("owned").exists()


def test_a_file_that_broke_off_is_kept_aside_and_never_overwritten(on_file: Agent) -> None:
    on_file.settings.write_bytes(b"exporter:\n  port: 91\x00\x00\x00")
    done = on_file.command("--headless")
    assert done.returncode == 2
    assert on_file.settings.read_bytes() == b"exporter:\n  port: 91\x00\x00\x00"
    aside = [path for path in on_file.config.iterdir() if "damaged" in path.name]
    assert [path.read_bytes() for path in aside] == [b"exporter:\n  port: 91\x00\x00\x00"]


def test_an_edit_is_taken_on_within_five_seconds_and_a_bad_one_is_not(on_file: Agent, free_port: int) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        other = probe.getsockname()[1]
    with on_file.running():
        on_file.write(f"exporter: {{port: {other}}}\ncollectors: {{memory: {{enabled: false}}}}\n")
        until(lambda: on_file.answers(other), seconds=5, what="the new port")
        until(lambda: "system_memory" not in on_file.metrics(port=other), what="the end of the memory collector")
        on_file.write("exporter: {port: nowhere}\n")
        until(lambda: on_file.status()["settings"]["faults"], what="the faults in the status")
        assert on_file.answers(other)
        screen = on_file.command("status").stdout
        assert 'exporter.port: found "nowhere"' in screen
        on_file.write(f"exporter: {{port: {free_port}}}\n")
        until(lambda: on_file.answers(free_port), seconds=5, what="the old port")
        assert not on_file.status()["settings"]["faults"]


def test_a_port_in_use_is_said_once_and_the_rest_runs_on(agent: Agent) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", agent.port))
        other.listen()
        process = agent.start("--headless")
        assert process.stdout is not None
        line = process.stdout.readline()
        assert f"port {agent.port} is taken by another program" in line
        assert "trying again every 30 s" in line
        until(lambda: agent.command("status").returncode == 0, what="the status")
        states = {one["name"]: one["state"] for one in agent.status()["listeners"]}
        assert states == {"exporter": "waiting", "dashboard": "listening"}
        process.send_signal(END)
        _, err = process.communicate(timeout=10)
        assert process.returncode == 0
        assert err.count("is taken") == 1


def test_without_a_writable_data_directory_it_runs_and_says_what_is_missing(agent: Agent) -> None:
    agent.data.write_text("a file in the directory's place")
    with agent.running() as process:
        until(lambda: agent.command("status").returncode == 0, what="the status")
        (notice,) = agent.status()["notices"]
        assert "can't be written" in notice
        process.send_signal(END)
        _, err = process.communicate(timeout=10)
    assert "name another with --data" in err


def test_commands_without_a_running_instance_say_so(agent: Agent) -> None:
    done = agent.command("status")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Traybeat does not run here; start it with: traybeat\n"


def test_the_status_fits_on_a_screen(agent: Agent) -> None:
    with agent.running():
        until(lambda: "system_cpu_busy_ratio " in agent.metrics(), what="the second collection")
        done = agent.command("status")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert len(lines) < 40
    assert any(line.startswith("CPU ") for line in lines)
    assert any(f"http://127.0.0.1:{agent.port}" in line for line in lines)
    assert "exporter.port" in done.stdout  # set by the environment, and said so


def test_no_encoding_of_a_terminal_stops_a_command(tmp_path: Path, free_port: int) -> None:
    home = tmp_path / "東京"
    home.mkdir()
    agent = Agent(home, free_port, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    with agent.running():
        for command in (["status"], ["status", "--json"], ["check"], ["doctor"]):
            done = agent.command(*command)
            assert done.returncode == 0, done.stderr
    assert "??" in done.stdout


def test_doctor_finds_this_machine_well(agent: Agent) -> None:
    done = agent.command("doctor")
    assert done.returncode == 0, done.stdout
    assert "ok    collector cpu" in done.stdout
    assert done.stdout.endswith("Everything works.\n")


def test_doctor_names_what_is_wrong_and_the_fix(agent: Agent) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", agent.port))
        other.listen()
        agent.write("exporter: {prot: 1}\n")
        done = agent.command("doctor")
    assert done.returncode == 1
    assert "did you mean exporter.port" in done.stdout
    assert "-> edit " in done.stdout


def test_check_is_content_before_the_first_start_and_writes_nothing(agent: Agent) -> None:
    done = agent.command("check")
    assert done.returncode == 0
    assert "do not exist yet" in done.stdout
    assert not agent.config.exists()


@pytest.mark.parametrize("arguments", [["--nonsense"], ["dance"], ["status", "--yaml"], ["--log-format", "xml"]])
def test_a_command_line_that_is_wrong_exits_with_2(agent: Agent, arguments: list[str]) -> None:
    done = agent.command(*arguments)
    assert done.returncode == 2
    assert "usage: traybeat" in done.stderr


def test_the_version_is_told(agent: Agent) -> None:
    assert agent.command("--version").stdout == f"traybeat {traybeat.__version__}\n"


def test_the_log_goes_to_the_terminal_and_to_a_private_file(agent: Agent) -> None:
    with agent.running("--log-format", "json") as process:
        process.send_signal(END)
        _, err = process.communicate(timeout=10)
    path = agent.data / "traybeat.log"
    assert path.read_text("utf-8").splitlines() == err.splitlines()
    assert '"event": "listening"' in err
    assert not MODES or stat.S_IMODE(path.stat().st_mode) == 0o600


def test_credentials_come_from_the_environment_and_never_show(tmp_path: Path, free_port: int) -> None:
    settings = f"exporter: {{port: {free_port}, credentials: {{token: {{secret: scrape}}}}}}\n"
    missing = Agent(tmp_path, free_port, settings)
    done = missing.command("--headless")
    assert done.returncode == 2
    assert "set TRAYBEAT_SECRET_SCRAPE" in done.stderr
    agent = Agent(tmp_path, free_port, settings, TRAYBEAT_SECRET_SCRAPE="sesame-open")
    with agent.running("--log-level", "debug") as process:
        with pytest.raises(OSError, match="401"):
            agent.metrics()
        told = agent.command("status", "--json").stdout
        process.send_signal(END)
        out, err = process.communicate(timeout=10)
    everything = told + out + err + (agent.data / "traybeat.log").read_text("utf-8")
    assert "sesame" not in everything


@pytest.mark.skipif(sys.platform != "linux", reason="needs more than one loopback address: one gets 32 connections")
def test_sixty_scrapes_at_once_all_succeed(agent: Agent) -> None:
    answers: list[int] = []

    def scrape(source: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", agent.port, timeout=10, source_address=(source, 0))
        with closing(connection):
            connection.request("GET", "/metrics")
            answers.append(len(values(connection.getresponse().read().decode())))

    with agent.running():
        until(lambda: "system_cpu_busy_ratio " in agent.metrics(), what="the second collection")
        threads = [threading.Thread(target=scrape, args=(f"127.0.0.{2 + number // 30}",)) for number in range(60)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
    assert len(answers) == 60
    assert min(answers) > 100


@pytest.fixture
def hostile_process(tmp_path: Path) -> Iterator[str]:
    """A process that is busy and has every kind of character in its name."""
    name = 'a"b\\c\n{}<'
    program = tmp_path / name
    program.symlink_to(sys.executable)
    code = "import time\nend = time.time() + 60\nwhile time.time() < end: sum(range(10000))"
    environ = {key: value for key, value in os.environ.items() if not key.startswith(("COVERAGE", "COV_"))}
    process = subprocess.Popen([str(program), "-S", "-c", code], env=environ)
    yield name
    process.kill()
    process.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="names of processes are cut and changed otherwise elsewhere")
def test_a_process_with_a_hostile_name_is_only_text(agent: Agent, hostile_process: str) -> None:
    with agent.running():
        until(lambda: 'name="a\\"b\\\\c' in agent.metrics(), seconds=15, what="the process")
        line = next(line for line in agent.metrics().splitlines() if 'name="a\\"b\\\\c' in line)
        assert line.startswith("system_process_")
        until(lambda: hostile_process[:5] in agent.command("status").stdout, what="the process in the status")
