"""Clients that drip, stall and never read, while good ones are timed."""

import contextlib
import json
import socket
import statistics
import time
from collections.abc import Iterator

import pytest
from websockets.sync.client import connect

from agent import Agent, free_port, until
from api.conftest import Served, clients


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    often = {f"TRAYBEAT_COLLECTORS__{name}__INTERVAL_SECONDS": "0.5" for name in ("CPU", "MEMORY", "DISK", "NETWORK")}
    agent = Agent(tmp_path_factory.mktemp("slow"), free_port(), **often)
    with agent.running():
        yield clients(agent)


def connection(served: Served, source: str = "127.0.0.1") -> socket.socket:
    return socket.create_connection(("127.0.0.1", served.agent.dashboard), 15, (source, 0))


def ended(held: socket.socket) -> bool:
    held.settimeout(0.01)
    try:
        return held.recv(65536) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


def test_headers_and_bodies_that_drip_are_cut_off_and_cost_nobody_else(served: Served) -> None:
    host = f"Host: 127.0.0.1:{served.agent.dashboard}\r\n"
    key = f"Authorization: Bearer {served.admin.key}\r\n"
    dripping = [connection(served, f"127.0.0.{2 + number // 15}") for number in range(60)]
    stalled = [connection(served, "127.0.1.1") for _ in range(10)]
    for one in stalled:
        head = f"POST /api/alerts/snooze HTTP/1.1\r\n{host}{key}"
        head += "Content-Type: application/json\r\nContent-Length: 99\r\n\r\n"
        one.sendall(head.encode())
    began, took, gone = time.monotonic(), [], 0
    line = f"GET /healthz HTTP/1.1\r\n{host}X-Slow: ".encode()
    for position in range(200):
        for one in dripping:
            with contextlib.suppress(OSError):
                one.sendall(line[position : position + 1] or b"x")
        asked = time.perf_counter()
        assert served.viewer.get("/api/status").status == 200
        took.append(time.perf_counter() - asked)
        gone = sum(ended(one) for one in dripping)
        if gone == len(dripping):
            break
        time.sleep(0.1)
    waited = time.monotonic() - began
    assert gone == len(dripping)
    assert 9 < waited < 18
    assert statistics.median(took) < 0.25
    until(lambda: all(b"408" in peek(one) for one in stalled), 15, "an answer to bodies that stall")
    for one in (*dripping, *stalled):
        one.close()


def peek(held: socket.socket) -> bytes:
    held.settimeout(0.05)
    try:
        return held.recv(65536, socket.MSG_PEEK)
    except OSError:
        return b""


def test_nobody_gets_more_than_his_share_of_connections(served: Served) -> None:
    held = [connection(served, "127.0.2.1") for _ in range(32)]
    too_many = connection(served, "127.0.2.1")
    refused = too_many.recv(1000)
    assert b" 503 " in refused
    assert b"nosniff" in refused
    assert json.loads(refused.partition(b"\r\n\r\n")[2])["status"] == 503
    other = connection(served, "127.0.2.2")
    other.sendall(f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{served.agent.dashboard}\r\n\r\n".encode())
    assert b" 200 " in other.recv(1000)
    for one in (*held, too_many, other):
        one.close()


def test_a_listener_that_never_reads_is_dropped_and_costs_nobody_else(served: Served) -> None:
    deaf = socket.socket()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    deaf.connect(("127.0.0.1", served.agent.dashboard))
    head = f"GET /api/live HTTP/1.1\r\nHost: 127.0.0.1:{served.agent.dashboard}\r\nConnection: Upgrade\r\n"
    head += "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    deaf.sendall(head.encode())
    assert b" 101 " in deaf.recv(100)
    hello = json.dumps({"key": served.viewer.key}).encode()
    deaf.sendall(bytes([0x81, 0x80 | len(hello)]) + b"\0\0\0\0" + hello)  # RFC 6455, section 5.2; masked with nothing
    url = f"ws://127.0.0.1:{served.agent.dashboard}/api/live"
    with connect(url, compression=None) as good:
        good.send(json.dumps({"key": served.viewer.key}))
        began = time.monotonic()
        while not reset(deaf):
            assert json.loads(good.recv(timeout=5))["type"] in {"readings", "alerts", "appearance"}
            assert time.monotonic() - began < 100
    deaf.close()


def reset(held: socket.socket) -> bool:
    """Say whether the other side has dropped the connection, without reading anything of it."""
    try:
        held.send(b"\x8a\x80\0\0\0\0")  # a pong that nobody asked for
    except OSError:
        return True
    return False
