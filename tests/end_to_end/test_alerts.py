"""Alerts from outside: a rule fires on real readings and is told by a real webhook; the commands about rules."""

import hashlib
import hmac
import json
import queue
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from agent import Agent, until
from servers import needs

RULES = """
- id: memory-in-use
  name: Memory in use
  metric: system_memory_used_ratio
  threshold: 0.0001
  severity: warning
  message: "Memory at {value} on {host}"
"""
KEY = "sesame"


class Receiver(ThreadingHTTPServer):
    """Takes webhooks and keeps them."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.received: queue.Queue[tuple[dict[str, str], bytes]] = queue.Queue()

    def next(self, seconds: float = 15) -> tuple[dict[str, str], Any]:
        headers, body = self.received.get(timeout=seconds)
        signature = hmac.new(KEY.encode(), body, hashlib.sha256).hexdigest()
        assert any(signature in value for value in headers.values())
        return headers, json.loads(body)


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Receiver)
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.received.put((dict(self.headers), body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 (the base class's name)
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def agent(tmp_path: Path, free_port: int, receiver: Receiver) -> Agent:
    port = receiver.server_address[1]
    settings = (
        f"exporter: {{port: {free_port}}}\nalerts: {{group_seconds: 0}}\nchannels:\n  webhook:\n"
        f"    url: http://127.0.0.1:{port}/hook\n    allow_loopback: true\n    signing_key: {{secret: hook}}\n"
        "collectors: {memory: {interval_seconds: 0.5}}\n"
    )
    made = Agent(tmp_path, free_port, settings, TRAYBEAT_SECRET_HOOK=KEY)
    (made.config / "rules.yaml").write_text(RULES, "utf-8")
    return made


def test_a_rule_that_fires_is_told_once_even_over_a_restart(agent: Agent, receiver: Receiver) -> None:
    with agent.running():
        _, message = receiver.next()
        (alert,) = message["alerts"]
        assert (alert["rule"], alert["severity"]) == ("memory-in-use", "warning")
        assert "Memory at" in json.dumps(message)
        until(lambda: agent.status()["alerts"]["active"], what="the alert in the status")
        (active,) = agent.status()["alerts"]["active"]
        assert active["state"] == "firing"
        until(lambda: 'agent_alerts_active{severity="warning"} 1.0' in agent.metrics(), what="the alert as a metric")
        until(lambda: "1 sent" in agent.command("status").stdout, what="the message in the status")
        assert "WARNING" in agent.command("status").stdout
    with agent.running():
        until(lambda: agent.status()["alerts"]["active"], what="the alert after the restart")
        until(lambda: "system_cpu_busy_ratio " in agent.metrics(), what="the second collection")
        (again,) = agent.status()["alerts"]["active"]
        assert again["id"] == active["id"]
    assert receiver.received.empty()
    told = (agent.data / "traybeat.log").read_text("utf-8") + (agent.data / "journal.db").read_bytes().decode("latin-1")
    assert KEY not in told


def test_an_edit_of_the_rules_is_taken_on_and_a_bad_one_is_told(agent: Agent, receiver: Receiver) -> None:
    rules = agent.config / "rules.yaml"
    with agent.running():
        receiver.next()
        rules.write_text(RULES.replace("0.0001", "plenty"), "utf-8")
        until(lambda: agent.status()["alerts"]["faults"], what="the faults in the status")
        assert "threshold" in agent.status()["alerts"]["faults"][0]
        assert agent.status()["alerts"]["active"]
        rules.write_text("[]\n", "utf-8")
        until(lambda: not agent.status()["alerts"]["active"], what="the end of the alert with its rule")
        assert agent.status()["alerts"]["rules"] == 0


def test_a_rule_can_be_tried_on_what_was(agent: Agent, receiver: Receiver) -> None:
    with agent.running():
        receiver.next()
        until(lambda: "once" in agent.command("rules", "backtest", "memory-in-use").stdout, what="the firing")
    other = agent.home / "other.yaml"
    other.write_text(RULES.replace("0.0001", "0.999").replace("memory-in-use", "other"), "utf-8")
    done = agent.command("rules", "backtest", str(other), "--days", "1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("History begins at ")
    assert "other: would have fired never in the last " in done.stdout
    assert " s (1 series watched)" in done.stdout
    assert agent.command("rules", "backtest", "nobody").returncode == 1
    other.write_text("- {id: 7}\n", "utf-8")
    assert agent.command("rules", "backtest", str(other)).returncode == 2


@needs("promtool")
def test_the_starter_rules_are_rules_for_prometheus_too(tmp_path: Path, free_port: int) -> None:
    agent = Agent(tmp_path, free_port)
    done = agent.command("rules", "export", "--format", "prometheus")
    assert done.returncode == 0
    path = tmp_path / "rules.yml"
    path.write_text(done.stdout, "utf-8")
    checked = subprocess.run(["promtool", "check", "rules", str(path)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr


def test_rules_that_are_wrong_are_found_by_check_and_refuse_the_start(agent: Agent) -> None:
    (agent.config / "rules.yaml").write_text(RULES.replace("system_memory_used_ratio", "system_memory_usd_ratio"))
    for arguments in (["check"], ["--headless"]):
        done = agent.command(*arguments)
        assert done.returncode == 2
        assert "system_memory_used_ratio" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_backup_holds_rules_and_alerts_but_no_secret(agent: Agent, receiver: Receiver, tmp_path: Path) -> None:
    import zipfile

    file = tmp_path / "saved.zip"
    with agent.running():
        receiver.next()
        assert agent.command("backup", str(file)).returncode == 0
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    assert members.keys() == {"manifest.json", "settings.yaml", "rules.yaml", "telemetry.db", "journal.db"}
    assert not any(KEY.encode() in content for content in members.values())
    (agent.config / "rules.yaml").unlink()
    done = agent.command("restore", str(file))
    assert done.returncode == 0, done.stderr
    assert (agent.config / "rules.yaml").read_bytes() == members["rules.yaml"]
    with agent.running():
        until(lambda: agent.status()["alerts"]["active"], what="the alert that was saved")
