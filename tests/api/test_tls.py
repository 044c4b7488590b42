"""The dashboard's listener over HTTPS, as somebody opens it to the network."""

import json
import ssl
import urllib.request
from pathlib import Path

from websockets.sync.client import connect

import certificates
from agent import Agent, free_port, until


def test_with_a_certificate_the_dashboard_the_api_and_its_live_feed_are_encrypted(tmp_path: Path) -> None:
    certificate, key = certificates.make(tmp_path)
    environ = {"TRAYBEAT_DASHBOARD__TLS__CERTIFICATE": str(certificate), "TRAYBEAT_DASHBOARD__TLS__KEY": str(key)}
    agent = Agent(tmp_path, free_port(), **environ)
    context = ssl.create_default_context(cafile=str(certificate))
    with agent.running() as process:
        until(lambda: [one["state"] for one in agent.status()["listeners"]] == ["listening"] * 2, what="both listeners")
        assert agent.status()["listeners"][1]["url"] == f"https://127.0.0.1:{agent.dashboard}"
        with urllib.request.urlopen(
            f"https://127.0.0.1:{agent.dashboard}/readyz", timeout=10, context=context
        ) as answer:
            assert json.load(answer)["status"] == "ok"
        viewer = agent.command("key", "create", "wall").stdout.strip()
        url = f"wss://127.0.0.1:{agent.dashboard}/api/live"
        with connect(url, ssl=context, max_size=2**22, compression=None) as socket:
            socket.send(json.dumps({"key": viewer}))
            assert {json.loads(socket.recv(timeout=10))["type"] for _ in range(2)} == {"readings", "alerts"}
        assert process.poll() is None


def test_beyond_this_machine_it_opens_with_encryption_only(tmp_path: Path) -> None:
    agent = Agent(tmp_path, free_port(), TRAYBEAT_DASHBOARD__ADDRESS="0.0.0.0")  # noqa: S104 (what is refused)
    refused = agent.command("--headless")
    assert refused.returncode == 2
    assert "dashboard.allow_unencrypted" in refused.stderr
