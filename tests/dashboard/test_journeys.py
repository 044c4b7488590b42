"""People's ways through the dashboard, in a real browser against the real program under load."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent import Agent, free_port, until
from dashboard import node

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
HOSTILE = "<img src=x onerror=hurt=1>"
pytestmark = [
    pytest.mark.usefixtures("libraries"),
    pytest.mark.timeout(420),
    pytest.mark.skipif(sys.platform != "linux" or CHROMIUM is None, reason="needs Chromium on Linux"),
]


@pytest.fixture
def hostile(tmp_path: Path) -> Iterator[str]:
    """A process that works hard under a name that is HTML."""
    program = tmp_path / HOSTILE
    shutil.copy("/bin/dash", program)
    process = subprocess.Popen([str(program), "-c", "while :; do :; done"])
    yield HOSTILE
    process.kill()
    process.wait()


@pytest.fixture
def agent(tmp_path: Path) -> Agent:
    return Agent(tmp_path, free_port(), TRAYBEAT_API__REQUESTS_PER_HOUR="100000")


def test_a_person_finds_their_way(agent: Agent, hostile: str) -> None:
    process = agent.start("--headless")
    try:
        until(lambda: agent.answers(agent.dashboard), 30, "the dashboard")
        key = agent.command("key", "create", "journeys", "--scope", "admin").stdout.splitlines()[0]
        with node.started("tests/browser/journeys.mjs", f"http://127.0.0.1:{agent.dashboard}", key, hostile) as browser:
            assert browser.stdin is not None
            assert browser.stdout is not None
            told = []
            for line in browser.stdout:
                told.append(line)
                if line == "please stop\n":
                    process.terminate()
                    process.communicate(timeout=20)
                elif line == "please start\n":
                    process = agent.start("--headless")
                if line.startswith("please "):
                    print("done", file=browser.stdin, flush=True)
            assert browser.wait(20) == 0, "".join(told)
        print("".join(told))
    finally:
        process.kill()
        process.communicate()


def test_the_types_are_those_of_the_api(agent: Agent, tmp_path: Path) -> None:
    document, generated = tmp_path / "openapi.json", tmp_path / "schema.ts"
    with agent.running():
        until(lambda: agent.answers(agent.dashboard), 30, "the dashboard")
        document.write_text(agent.metrics("/api/openapi.json", agent.dashboard), "utf-8")
    generator = "node_modules/openapi-typescript/bin/cli.js"
    node.run(generator, str(document), "--immutable", "--default-non-nullable", "false", "--output", str(generated))
    kept = node.SOURCES / "src" / "lib" / "schema.ts"
    assert kept.read_text("utf-8") == generated.read_text("utf-8"), f"{kept} is stale: take over {generated}"
