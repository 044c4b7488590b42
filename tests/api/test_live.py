"""WS /api/live, with a real client of WebSockets."""

import json
import os
import socket as sockets
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from statistics import median
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from api.conftest import Served


@contextmanager
def listening(served: Served, key: str | None, **headers: str) -> Iterator[ClientConnection]:
    url = f"ws://127.0.0.1:{served.agent.dashboard}/api/live"
    with connect(url, additional_headers=headers, max_size=2**22, compression=None) as socket:
        if key is not None:
            socket.send(json.dumps({"key": key}))
        yield socket


def hear(socket: ClientConnection, kind: str, count: int = 20) -> Any:
    """Give the next message of a kind."""
    for _ in range(count):
        message = json.loads(socket.recv(timeout=10))
        if message["type"] == kind:
            return message
    raise AssertionError(f"no {kind} among {count} messages")


def test_a_viewer_hears_the_newest_readings_at_the_collectors_rhythm(served: Served) -> None:
    with listening(served, served.viewer.key) as socket:
        times = [hear(socket, "readings")["sources"]["cpu"]["time"] for _ in range(6)]
    steps = [after - before for before, after in pairwise(times) if after > before]
    assert 1.5 <= median(steps) <= 2.5


def test_alerts_are_told_when_they_change(served: Served) -> None:
    rule = {"id": "live", "metric": "system_cpu_busy_ratio", "threshold": -1}
    with listening(served, served.viewer.key) as socket:
        assert hear(socket, "alerts")["alerts"] == []
        served.admin.ask("POST", "/api/alerts/rules", rule)
        assert [one["rule"] for one in hear(socket, "alerts")["alerts"]] == ["live"]
        served.admin.ask("DELETE", "/api/alerts/rules/live")
        assert hear(socket, "alerts")["alerts"] == []


@pytest.mark.parametrize("first", ['{"key": "tb_wrong"}', "{}", "nonsense", '{"key": 5}', "x" * 3000])
def test_who_has_no_key_hears_nothing(served: Served, first: str) -> None:
    with listening(served, None) as socket:
        socket.send(first)
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=5)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008


def test_a_key_that_is_revoked_is_deaf_at_once(served: Served) -> None:
    made = served.admin.ask("POST", "/api/keys", {"name": "brief"}).json
    with listening(served, made["key"]) as socket:
        hear(socket, "readings")
        served.admin.ask("DELETE", "/api/keys/brief")
        with pytest.raises(ConnectionClosed):
            hear(socket, "none", 100)


def test_the_gate_stands_before_the_feed(served: Served) -> None:
    with pytest.raises(InvalidStatus) as refused, listening(served, None, Origin="https://evil.example"):
        pass
    assert refused.value.response.status_code == 403


@pytest.mark.skipif(os.name == "nt", reason="the way is a named pipe there")
def test_the_window_s_code_opens_one_session(served: Served) -> None:
    done = served.agent.command("status", "--json")
    assert done.returncode == 0
    code = code_of(served)
    session = served.nobody.ask("POST", "/api/session", {"code": code})
    assert session.status == 201
    token = session.json["token"]
    assert served.nobody.ask("POST", "/api/session", {"code": code}).status == 403
    assert (session.json["language"], session.json["theme"], session.json["welcomed"]) == ("system", "system", False)
    assert served.nobody.get("/api/session", Authorization=f"Bearer {token}").json == {"scope": "admin"}
    with listening(served, token) as socket:
        assert hear(socket, "readings")["readings"]["cores"] >= 1
    ended = served.nobody.ask("DELETE", "/api/session", Authorization=f"Bearer {token}")
    assert ended.status == 204
    assert served.nobody.get("/api/status", Authorization=f"Bearer {token}").status == 401


def code_of(served: Served) -> str:
    """Ask for a code as the window's keeper does, on the way that only this user can take."""
    (place,) = (served.agent.home / "runtime").rglob("*.sock")
    with sockets.socket(sockets.AddressFamily["AF_UNIX"]) as way:
        way.connect(str(place))
        way.sendall(b'{"do": "code"}\n')
        answer = way.makefile().readline()
    return str(json.loads(answer)["code"])


def test_an_open_page_hears_how_it_is_to_look_and_speak(served: Served) -> None:
    with listening(served, served.viewer.key) as socket:
        assert hear(socket, "appearance")["theme"] == "system"
        changed = served.admin.ask("PATCH", "/api/settings", {"appearance": {"theme": "dark", "language": "ko"}})
        assert changed.status == 200
        told = hear(socket, "appearance")
        assert (told["theme"], told["language"]) == ("dark", "ko")
    assert served.viewer.get("/api/session").json == {"scope": "viewer"}
