"""Adding a collector touches its own file only: the one that docs/development.md shows is added, and is served."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import traybeat
from agent import Agent, until

ROOT = Path(traybeat.__file__).parent
PAGE = ROOT.parents[1] / "docs" / "development.md"


@pytest.mark.skipif(sys.platform != "linux", reason="the example reads /proc/uptime")
def test_the_documented_collector_is_found_configured_and_served(tmp_path: Path, free_port: int) -> None:
    shutil.copytree(ROOT, tmp_path / "app" / "traybeat")
    source = re.search(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert source
    code = re.sub(r"^   ", "", source[1], flags=re.MULTILINE)
    (tmp_path / "app" / "traybeat" / "collectors" / "uptime.py").write_text(code, "utf-8")
    settings = f"exporter: {{port: {free_port}}}\ncollectors: {{uptime: {{interval_seconds: 1}}}}\n"
    agent = Agent(tmp_path, free_port, settings, PYTHONPATH=str(tmp_path / "app"))
    agent.environ = {key: value for key, value in agent.environ.items() if not key.startswith("COVERAGE")}
    assert agent.command("check").returncode == 0
    with agent.running():
        until(lambda: "system_uptime_seconds " in agent.metrics(), what="the new collector's sample")
        assert "uptime" in [one["name"] for one in agent.status()["collectors"]]
    assert "collector uptime" in agent.command("doctor").stdout


def test_the_documented_collector_is_as_clean_as_the_others(tmp_path: Path) -> None:
    source = re.search(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert source
    path = tmp_path / "uptime.py"
    path.write_text(re.sub(r"^   ", "", source[1], flags=re.MULTILINE), "utf-8")
    config = PAGE.parents[1] / "pyproject.toml"
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--config", str(config), str(path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
