"""Handshakes that are late, broken or too many, on a real listener."""

import asyncio
import contextlib
import socket
import ssl
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from uvicorn.config import Config
from uvicorn.server import ServerState

import certificates
from agent import free_port, until
from traybeat.engine.connection import MOST_PER_PEER, connection
from traybeat.engine.handshake import secured
from traybeat.engine.refusal import Message, Receive, Send
from traybeat.engine.site import Endpoint, Rhythm, Site
from traybeat.host.tls import Pair


async def answer(scope: Message, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


class Bench:
    """A listener that speaks TLS, on a thread of its own."""

    def __init__(self, directory: Path) -> None:
        certificate, key = certificates.make(directory)
        self.port = free_port()
        self.context = ssl.create_default_context(cafile=str(certificate))
        self.site = Site("dashboard", answer, Endpoint("127.0.0.1", self.port, Pair(certificate, key)), Rhythm())

    def ask(self) -> bytes:
        with urllib.request.urlopen(f"https://127.0.0.1:{self.port}/", timeout=5, context=self.context) as given:
            return bytes(given.read())

    def silent(self, source: str) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), 15, (source, 0))

    def shakes(self, source: str) -> bool:
        try:
            with self.context.wrap_socket(self.silent(source), server_hostname="localhost"):
                return True
        except OSError:
            return False


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=lambda: loop.run_until_complete(made.site.serve()))
    thread.start()
    until(made.site.settled.is_set, what="the listener")
    yield made
    loop.call_soon_threadsafe(made.site.end)
    thread.join(10)
    assert not thread.is_alive()
    loop.close()


def gone(held: socket.socket) -> bool:
    held.settimeout(0.01)
    try:
        return held.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


@pytest.mark.skipif(
    not hasattr(socket, "AF_UNIX"), reason="several addresses of one's own need no set-up on Linux only"
)
def test_silent_peers_count_from_their_first_moment_and_lock_nobody_out(bench: Bench) -> None:
    held = [bench.silent("127.0.9.9") for _ in range(MOST_PER_PEER + 20)]
    until(lambda: sum(map(gone, held)) == 20, what="an end to those too many")
    assert bench.ask() == b"ok"
    for one in held:
        one.close()
    until(lambda: bench.shakes("127.0.9.9"), what="a place for the same peer again")


def test_what_is_no_tls_ends_one_connection_only(bench: Bench) -> None:
    with contextlib.closing(bench.silent("127.0.0.1")) as rude:
        rude.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        until(lambda: gone(rude), what="the end of what is no TLS")
    assert bench.ask() == b"ok"


def test_a_handshake_that_does_not_come_is_not_waited_for(tmp_path: Path) -> None:
    certificate, key = certificates.make(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    kind = secured(connection(lambda _: False), context, 0.2)
    config = Config(answer, lifespan="off", log_config=None)

    async def play() -> bytes:
        def made() -> asyncio.Protocol:
            return kind(config=config, server_state=ServerState(), app_state={})

        async with await asyncio.get_running_loop().create_server(made, "127.0.0.1", 0) as server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            try:
                return await asyncio.wait_for(reader.read(), 5)
            finally:
                writer.close()

    assert asyncio.run(play()) == b""


def test_a_request_that_comes_with_the_handshake_s_last_flight_is_answered(bench: Bench) -> None:
    for _ in range(20):
        plain = socket.create_connection(("127.0.0.1", bench.port), 5)
        with bench.context.wrap_socket(plain, server_hostname="localhost") as quick:
            quick.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert quick.recv(1000).startswith(b"HTTP/1.1 200")


def test_closing_the_listener_waits_for_no_handshake(bench: Bench) -> None:
    with contextlib.closing(bench.silent("127.0.0.1")) as pending:
        assert not gone(pending)
        began = time.monotonic()
        bench.site.configure(None)
        until(lambda: gone(pending), 5, "the end of a handshake under way")
        assert time.monotonic() - began < 3
