"""An upgrade whose tables differ: data, backups and keys go along, and an older program leaves a newer one's alone."""

import csv
import io
import sqlite3
import sys
from pathlib import Path

import pytest

from agent import Agent, until

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="ends the program by SIGTERM; the installer's tests upgrade on Windows"
)

RULE = """
- id: always
  metric: system_memory_used_ratio
  threshold: 0.0001
  channels: []
"""
# What a later version does to begin with: both databases get one more step.
TOMORROW = """
import sys
from traybeat.store import schema as history
from traybeat.alerts import schema as journal

history.MIGRATIONS += (lambda db: db.execute("CREATE TABLE colours (series INTEGER)"),)
history.check.__defaults__ = history.migrate.__defaults__ = (history.MIGRATIONS,)
journal.MIGRATIONS += ("CREATE TABLE colours (alert INTEGER);",)

from traybeat.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


class Tomorrow(Agent):
    """A later version on the same files."""

    command_line = (sys.executable, "-c", TOMORROW)


@pytest.fixture
def today(tmp_path: Path, free_port: int) -> Agent:
    agent = Agent(tmp_path, free_port, f"exporter: {{port: {free_port}}}\n")
    (agent.config / "rules.yaml").write_text(RULE)
    return agent


@pytest.fixture
def tomorrow(today: Agent) -> Tomorrow:
    return Tomorrow(today.home, today.port, today.settings.read_text("utf-8"))


def times(agent: Agent) -> list[str]:
    done = agent.command("export", "system_memory_used_ratio")
    assert done.returncode == 0, done.stderr
    return [row["time"] for row in csv.DictReader(io.StringIO(done.stdout))]


def alerts(agent: Agent) -> list[str]:
    return [one["id"] for one in agent.status()["alerts"]["active"]]


def lived(agent: Agent, file: Path) -> tuple[list[str], list[str]]:
    """Let some past come about, and give the times of it and the alerts; `file` becomes a backup of it."""
    with agent.running():
        until(lambda: len(times(agent)) >= 3 and alerts(agent) != [], 30, "some past")
        found = alerts(agent)
        key = agent.command("key", "create", "wall", "--scope", "viewer")
        assert key.returncode == 0, key.stderr
        done = agent.command("backup", str(file))
        assert done.returncode == 0, done.stderr
    return times(agent), found


def versions(agent: Agent) -> list[int]:
    found = []
    for name in ("telemetry.db", "journal.db"):
        database = sqlite3.connect(agent.data / name)
        found.append(int(database.execute("PRAGMA user_version").fetchone()[0]))
        database.close()
    return found


def test_the_past_goes_along_and_backups_from_before_are_brought_up_to_date(
    today: Agent, tomorrow: Tomorrow, tmp_path: Path
) -> None:
    file = tmp_path / "today.zip"
    before, fired = lived(today, file)
    old = versions(today)
    with tomorrow.running():
        until(lambda: alerts(tomorrow) == fired, what="the alert from before")
        assert times(tomorrow)[: len(before)] == before
        assert "wall" in tomorrow.command("key", "list").stdout
    assert versions(tomorrow) == [number + 1 for number in old]
    for database in tomorrow.data.glob("*.db*"):
        database.unlink()
    with tomorrow.running():
        done = tomorrow.command("restore", str(file))
        assert done.returncode == 0, done.stderr
        assert "come back when Traybeat starts the next time" in done.stdout
        assert set(times(tomorrow)) & set(before)
    with tomorrow.running():
        until(lambda: alerts(tomorrow) == fired, what="the alert that was saved")
        assert "wall" in tomorrow.command("key", "list").stdout
    assert versions(tomorrow) == [number + 1 for number in old]


def test_an_older_program_leaves_what_a_newer_one_wrote_alone(today: Agent, tomorrow: Tomorrow, tmp_path: Path) -> None:
    file = tmp_path / "tomorrow.zip"
    lived(tomorrow, file)
    written = {path.name: path.read_bytes() for path in tomorrow.data.glob("*.db")}
    process = today.start("--headless")
    try:
        out, err = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 1
    assert "newer Traybeat" in err
    assert "Traceback" not in out + err
    assert {path.name: path.read_bytes() for path in today.data.glob("*.db")} == written
    done = today.command("restore", str(file))
    assert done.returncode == 1
    assert "newer Traybeat" in done.stderr
    assert {path.name: path.read_bytes() for path in today.data.glob("*.db")} == written
