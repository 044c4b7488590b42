"""`traybeat key`, as somebody types it, with and without a running agent."""

from pathlib import Path

import pytest

from agent import Agent, free_port
from api.conftest import Client


@pytest.fixture
def agent(tmp_path: Path) -> Agent:
    return Agent(tmp_path, free_port())


def test_a_key_is_made_listed_and_revoked_whether_the_agent_runs_or_not(agent: Agent) -> None:
    before = agent.command("key", "create", "before", "--scope", "viewer")
    assert before.returncode == 0
    assert "only time" in before.stderr
    with agent.running():
        early = Client(agent, before.stdout.strip())
        late = Client(agent, agent.command("key", "create", "late", "--scope", "admin").stdout.strip())
        assert early.get("/api/status").status == late.get("/api/status").status == 200
        assert early.ask("POST", "/api/alerts/snooze", {"scope": "all", "seconds": 0}).status == 403
        listed = agent.command("key", "list").stdout.splitlines()
        assert [line.split()[:2] for line in listed[1:]] == [["before", "viewer"], ["late", "admin"]]
        assert "never" not in listed[1], "it has been used"
        assert agent.command("key", "revoke", "before").returncode == 0
        assert early.get("/api/status").status == 401, "at once"
        assert late.get("/api/status").status == 200
    assert agent.command("key", "revoke", "late").returncode == 0
    assert "no keys" in agent.command("key", "list").stdout


def test_what_can_not_be_made_or_revoked_is_told(agent: Agent) -> None:
    assert agent.command("key", "create", "ops").returncode == 0
    again = agent.command("key", "create", "ops")
    assert (again.returncode, again.stdout) == (1, "")
    assert "revoke it first" in again.stderr
    odd = agent.command("key", "create", "a b")
    assert odd.returncode == 1
    assert "letters" in odd.stderr
    missing = agent.command("key", "revoke", "nobody")
    assert missing.returncode == 1
    assert "nobody" in missing.stderr
