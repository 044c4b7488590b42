"""History from outside: over a restart and a kill, saved, brought back, exported, and when it is in trouble."""

import contextlib
import csv
import io
import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from agent import Agent, until

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="ends the program by SIGTERM; Windows has its own end-to-end tests with the tray"
)


@pytest.fixture
def agent(tmp_path: Path, free_port: int) -> Agent:
    settings = f"exporter: {{port: {free_port}}}\ncollectors: {{memory: {{interval_seconds: 0.5}}}}\n"
    return Agent(tmp_path, free_port, settings)


def rows(agent: Agent, *arguments: str) -> list[dict[str, str]]:
    done = agent.command("export", *arguments)
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout)))


def some(agent: Agent, least: int) -> None:
    until(lambda: len(rows(agent, "system_memory_used_ratio")) >= least, 30, "the samples")


def test_what_was_just_collected_can_be_exported(agent: Agent) -> None:
    with agent.running():
        some(agent, 4)
        found = rows(agent, "system_memory_used_ratio")
        now = float(agent.metrics().split("\nsystem_memory_used_ratio ")[1].split("\n")[0])
        assert float(found[-1]["average"]) == pytest.approx(now, abs=0.1)
        times = [datetime.fromisoformat(row["time"]).timestamp() for row in found]
        assert times == sorted(times)
        assert abs(times[-1] - time.time()) < 5
        lines = agent.command("export", "system_memory_used_ratio", "--format", "jsonl").stdout.splitlines()
        assert json.loads(lines[0])["name"] == "system_memory_used_ratio"


def test_export_picks_by_label_and_time(agent: Agent) -> None:
    with agent.running():
        until(
            lambda: rows(agent, "system_cpu_usage_ratio", "--label", "mode=idle") != [], 20, "the processor's samples"
        )
        found = rows(agent, "system_cpu_usage_ratio", "--label", "mode=!idle")
        assert found
        assert all("idle" not in row["labels"] for row in found)
        assert rows(agent, "system_cpu_usage_ratio", "--start", "2d", "--end", "1d") == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--start", "yesterday"], "is no time"),
        (["--label", "mode"], "NAME=VALUE"),
        (["--label", "mode=~("], "not a regular expression"),
    ],
)
def test_an_export_that_can_not_be_says_why(agent: Agent, arguments: list[str], said: str) -> None:
    done = agent.command("export", "system_memory_used_ratio", *arguments)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_history_goes_on_after_an_end_and_a_kill(agent: Agent) -> None:
    with agent.running():
        some(agent, 6)
    first = rows(agent, "system_memory_used_ratio")
    process = agent.start("--headless")
    until(lambda: len(rows(agent, "system_memory_used_ratio")) > len(first) + 4, 30, "more samples")
    before = rows(agent, "system_memory_used_ratio")  # asked for, and so written
    process.kill()
    process.communicate()
    after = rows(agent, "system_memory_used_ratio")
    assert after[: len(before)] == before
    assert after[: len(first)] == first


def test_a_backup_brings_settings_and_history_back_while_it_runs(agent: Agent, tmp_path: Path) -> None:
    file = tmp_path / "saved.zip"
    with agent.running():
        some(agent, 6)
        done = agent.command("backup", str(file))
        assert done.returncode == 0, done.stderr
        saved = rows(agent, "system_memory_used_ratio")
    assert file.stat().st_mode & 0o077 == 0
    assert sorted(zipfile.ZipFile(file).namelist()) == ["manifest.json", "settings.yaml", "telemetry.db"]
    shutil.rmtree(agent.data)
    agent.write(agent.settings.read_text("utf-8") + "limits: {memory_mb: 77}\n")
    with agent.running():
        some(agent, 2)
        done = agent.command("restore", str(file))
        assert done.returncode == 0, done.stderr
        assert "The settings from before are kept in" in done.stdout
        found = rows(agent, "system_memory_used_ratio")
        assert [row for row in found if row in saved][:5] == saved[:5]
        assert "memory_mb: 77" not in agent.settings.read_text("utf-8")


def test_a_backup_brings_history_back_where_nothing_runs(agent: Agent, tmp_path: Path) -> None:
    file = tmp_path / "saved.zip"
    with agent.running():
        some(agent, 4)
    saved = rows(agent, "system_memory_used_ratio")
    assert agent.command("backup", str(file)).returncode == 0
    shutil.rmtree(agent.data)
    assert agent.command("restore", str(file)).returncode == 0
    assert rows(agent, "system_memory_used_ratio") == saved


def test_a_backup_that_is_none_changes_nothing(agent: Agent, tmp_path: Path) -> None:
    with agent.running():
        some(agent, 2)
    before = rows(agent, "system_memory_used_ratio")
    wrong = tmp_path / "wrong.zip"
    wrong.write_text("hello")
    for make in (None, damaged, foreign, Path.unlink):
        if make is not None:
            make(wrong)
        done = agent.command("restore", str(wrong))
        assert done.returncode in {1, 2}
        assert done.stderr
        assert "Traceback" not in done.stderr
        assert rows(agent, "system_memory_used_ratio") == before


def damaged(file: Path) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("manifest.json", "{}")
        archive.writestr("telemetry.db", "no database")


def foreign(file: Path) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("manifest.json", "{}")
        archive.writestr("settings.yaml", "exporter: {port: nowhere}")


def test_a_damaged_database_is_set_aside_and_history_begins_anew(agent: Agent) -> None:
    with agent.running():
        some(agent, 2)
    (agent.data / "telemetry.db").write_bytes(b"x" * 50_000)
    for end in ("-wal", "-shm"):
        Path(f"{agent.data / 'telemetry.db'}{end}").unlink(missing_ok=True)
    with agent.running():
        some(agent, 2)
        assert agent.status()["history"]["trouble"] is None
    assert [path.read_bytes() for path in agent.data.glob("telemetry.db.damaged-*")] == [b"x" * 50_000]


def test_a_database_from_the_future_is_left_alone_and_history_stays_in_memory(agent: Agent) -> None:
    with agent.running():
        some(agent, 2)
    with sqlite3.connect(agent.data / "telemetry.db") as future:
        future.execute("PRAGMA user_version = 999")
    future.close()
    with agent.running():
        until(lambda: agent.status()["history"]["trouble"], what="the trouble in the status")
        assert "newer" in agent.status()["history"]["trouble"]
        assert json.loads(agent.metrics("/healthz"))["parts"]["history"] == "in memory only"
        until(lambda: "agent_history_on_disk 0" in agent.metrics(), what="the trouble as a metric")
        assert "in memory" in agent.command("status").stdout
    with sqlite3.connect(agent.data / "telemetry.db") as future:
        assert future.execute("PRAGMA user_version").fetchone() == (999,)
    future.close()


@pytest.mark.skipif(sys.platform != "linux", reason="mounts a small disk")
@pytest.mark.skipif(shutil.which("mount") is None, reason="needs mount")
def test_a_full_disk_stops_nothing_and_history_comes_back_by_itself(
    agent: Agent, tmp_path: Path, new_port: Callable[[], int]
) -> None:
    agent.data.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(agent.data)], check=False).returncode:
        pytest.skip("may not mount here: needs root")
    try:
        filler = agent.data / "filler"
        with agent.running() as process:
            some(agent, 2)
            with contextlib.suppress(OSError):
                filler.write_bytes(bytes(2**20))
            until(lambda: agent.status()["history"]["trouble"], 30, "the trouble in the status")
            assert "system_memory_used_ratio" in agent.metrics()
            filler.unlink()
            until(lambda: agent.status()["history"]["trouble"] is None, 40, "the way back to the disk")
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=10)
    finally:
        subprocess.run(["umount", "-l", str(agent.data)], check=False)
