"""The dashboard's listener over HTTPS, as somebody opens it to the network."""

import http.client
import json
import ssl
from pathlib import Path

from websockets.sync.client import connect

import certificates
from agent import Agent, free_port


def test_the_api_and_its_live_feed_are_there_over_https_and_nowhere_else(tmp_path: Path) -> None:
    certificate, key = certificates.make(tmp_path)
    tls = {"TRAYBEAT_DASHBOARD__TLS__CERTIFICATE": str(certificate), "TRAYBEAT_DASHBOARD__TLS__KEY": str(key)}
    agent = Agent(tmp_path, free_port(), **tls)
    context = ssl.create_default_context(cafile=str(certificate))
    with agent.running():
        viewer = agent.command("key", "create", "wall").stdout.strip()
        asking = http.client.HTTPSConnection("127.0.0.1", agent.dashboard, context=context, timeout=10)
        asking.request("GET", "/api/status", headers={"Authorization": f"Bearer {viewer}"})
        answer = asking.getresponse()
        assert answer.status == 200
        found = json.load(answer)
        asking.close()
        assert f"https://127.0.0.1:{agent.dashboard}" in {one["url"] for one in found["listeners"]}
        url = f"wss://127.0.0.1:{agent.dashboard}/api/live"
        with connect(url, ssl=context, max_size=2**22, compression=None) as socket:
            socket.send(json.dumps({"key": viewer}))
            assert {json.loads(socket.recv(timeout=10))["type"] for _ in range(2)} == {"readings", "alerts"}
