import json
import ssl
import urllib.request
from pathlib import Path

import certificates
from agent import Agent, free_port, until


def test_with_a_certificate_the_dashboard_and_the_api_speak_https(tmp_path: Path) -> None:
    certificate, key = certificates.make(tmp_path)
    environ = {"TRAYBEAT_DASHBOARD__TLS__CERTIFICATE": str(certificate), "TRAYBEAT_DASHBOARD__TLS__KEY": str(key)}
    agent = Agent(tmp_path, free_port(), **environ)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with agent.running() as process:
        until(lambda: [one["state"] for one in agent.status()["listeners"]] == ["listening"] * 2, what="both listeners")
        with urllib.request.urlopen(
            f"https://127.0.0.1:{agent.dashboard}/readyz", timeout=10, context=context
        ) as answer:
            assert json.load(answer)["status"] == "ok"
        assert agent.status()["listeners"][1]["url"] == f"https://127.0.0.1:{agent.dashboard}"
        assert process.poll() is None


def test_beyond_this_machine_it_opens_with_encryption_only(tmp_path: Path) -> None:
    agent = Agent(tmp_path, free_port(), TRAYBEAT_DASHBOARD__ADDRESS="0.0.0.0")  # noqa: S104 (what is refused)
    refused = agent.command("--headless")
    assert refused.returncode == 2
    assert "dashboard.allow_unencrypted" in refused.stderr
