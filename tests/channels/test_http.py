import datetime as dt
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from email.utils import format_datetime
from pathlib import Path

import pytest

from counterparts import OK, Request, answer, contexts, drip, http_server
from traybeat.channels.address import Guard
from traybeat.channels.http import MOST_BYTES, Http
from traybeat.model.message import Rejected, Unreachable

LOOPBACK = Guard(allow_loopback=True)


@pytest.fixture
def stop() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def post(url: str, http: Http | None = None, body: bytes = b"{}") -> str:
    return (http or Http(LOOPBACK)).post(url, body, {"Content-Type": "application/json"})


def test_a_body_is_posted_and_the_answer_told() -> None:
    with http_server() as peer:
        assert post(peer.url, body=b'{"a":1}') == "HTTP 200: ok"
    (request,) = peer.requests
    assert request.line == "POST /hook/T0P5ECRET9 HTTP/1.1"
    assert request.body == b'{"a":1}'
    assert request.headers["host"] == f"127.0.0.1:{peer.port}"
    assert request.headers["user-agent"].startswith("Traybeat/")
    assert "accept-encoding" in request.headers


def test_a_query_is_kept_and_an_empty_path_is_the_root() -> None:
    with http_server() as peer:
        post(f"http://127.0.0.1:{peer.port}?a=1&b=2")
    assert peer.requests[0].line == "POST /?a=1&b=2 HTTP/1.1"


@pytest.mark.parametrize(
    "status", ["400 Bad Request", "401 Unauthorized", "403 Forbidden", "404 Not Found", "410 Gone"]
)
def test_a_refusal_is_for_good(status: str) -> None:
    with http_server(answer(status, body="no_service")) as peer, pytest.raises(Rejected) as caught:
        post(peer.url)
    assert str(caught.value) == f"HTTP {status[:3]}: no_service"


@pytest.mark.parametrize("status", ["500 Oops", "502 Bad Gateway", "503 Busy", "408 Slow", "429 Too Many"])
def test_trouble_over_there_is_for_now(status: str) -> None:
    with http_server(answer(status)) as peer, pytest.raises(Unreachable) as caught:
        post(peer.url)
    assert caught.value.retry_after is None


def test_retry_after_is_told_in_seconds() -> None:
    with http_server(answer("429 Slow down", "Retry-After: 120")) as peer, pytest.raises(Unreachable) as caught:
        post(peer.url)
    assert caught.value.retry_after == 120


def test_retry_after_may_be_a_date() -> None:
    later = format_datetime(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=90), usegmt=True)
    with http_server(answer("503 Busy", f"Retry-After: {later}")) as peer, pytest.raises(Unreachable) as caught:
        post(peer.url)
    assert caught.value.retry_after == pytest.approx(90, abs=5)


def test_a_retry_after_that_makes_no_sense_is_none() -> None:
    with http_server(answer("503 Busy", "Retry-After: soon")) as peer, pytest.raises(Unreachable) as caught:
        post(peer.url)
    assert caught.value.retry_after is None


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
def test_redirects_are_not_followed(status: str) -> None:
    with http_server() as other, http_server(answer(status, f"Location: {other.url}")) as peer:
        with pytest.raises(Rejected, match="redirects are not followed"):
            post(peer.url)
        assert not other.requests


def test_a_server_that_drips_its_head_is_left_in_time(stop: threading.Event) -> None:
    with http_server(drip(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"a", stop)) as peer:
        started = time.monotonic()
        with pytest.raises(Unreachable, match=r"no answer within 0\.5 s"):
            post(peer.url, Http(LOOPBACK, seconds=0.5))
        assert time.monotonic() - started < 3


def test_a_server_that_drips_its_body_has_taken_the_message(stop: threading.Event) -> None:
    with http_server(drip(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n", b"a", stop)) as peer:
        started = time.monotonic()
        assert post(peer.url, Http(LOOPBACK, seconds=0.5)).startswith("HTTP 200")
        assert time.monotonic() - started < 3


def test_a_server_that_sends_for_ever_is_read_no_further_than_the_limit() -> None:
    sent = []

    def flood(_: Request, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            while True:
                sent.append(connection.send(b"x" * 65_536))
        except OSError:
            pass

    with http_server(flood) as peer:
        assert len(post(peer.url)) < 400
        time.sleep(0.05)
    assert sum(sent) < MOST_BYTES * 200


def test_a_connection_that_is_closed_without_an_answer_is_for_now() -> None:
    with http_server(b"") as peer, pytest.raises(Unreachable, match="the connection failed"):
        post(peer.url)


def test_what_is_no_http_is_for_now() -> None:
    with http_server(b"SSH-2.0-OpenSSH\r\n\r\n") as peer, pytest.raises(Unreachable):
        post(peer.url)


def test_nobody_listening_is_for_now(free_port: int) -> None:
    with pytest.raises(Unreachable, match="the connection was refused"):
        post(f"http://127.0.0.1:{free_port}/")


def test_over_tls_the_certificate_is_checked(tmp_path: Path) -> None:
    server, client = contexts(tmp_path)
    with http_server(OK, server) as peer:
        assert post(peer.url, Http(LOOPBACK, context=client)).startswith("HTTP 200")
        with pytest.raises(Unreachable, match="its certificate is not trusted"):
            post(peer.url)


def test_over_tls_the_name_is_checked_though_the_address_is_connected_to(tmp_path: Path) -> None:
    server, client = contexts(tmp_path)
    lookups: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        lookups.append(host)
        return ["127.0.0.1"]

    http = Http(LOOPBACK, resolve=resolve, context=client)
    with http_server(OK, server) as peer:
        assert post(f"https://localhost:{peer.port}/", http).startswith("HTTP 200")
        assert peer.requests[0].headers["host"] == f"localhost:{peer.port}"
        with pytest.raises(Unreachable, match="its certificate is not trusted"):
            post(f"https://other.example:{peer.port}/", http)
    assert lookups == ["localhost", "other.example"]


def test_old_tls_is_not_spoken(tmp_path: Path) -> None:
    server, client = contexts(tmp_path)
    server.maximum_version = ssl.TLSVersion.TLSv1_2
    client.minimum_version = ssl.TLSVersion.TLSv1_3
    with http_server(OK, server) as peer, pytest.raises(Unreachable, match="TLS failed"):
        post(peer.url, Http(LOOPBACK, context=client))


def test_the_address_that_was_checked_is_the_one_connected_to() -> None:
    """A name that gives a harmless address first and a forbidden one when asked again gets no second look-up."""
    answers = iter([["127.0.0.1"], ["169.254.169.254"]])
    http = Http(LOOPBACK, resolve=lambda host, port: next(answers))
    with http_server() as peer:
        assert post(f"http://rebind.example:{peer.port}/", http).startswith("HTTP 200")
        with pytest.raises(Rejected, match="its address is not allowed"):
            post(f"http://rebind.example:{peer.port}/", http)
    assert len(peer.requests) == 1


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://example.org/",
        "file:///etc/passwd",
        "example.org",
        "http://",
        "http://[::1",
        "http://example.org:99999/",
        "http://example.org:0/",
        "http://exämple.org/",
        "http://example.org/a b",
        "http://example.org/a\r\nX: y",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(Rejected, match="the address is not usable"):
        post(url)


def test_a_password_within_an_address_is_refused() -> None:
    with pytest.raises(Rejected, match="as a header instead"):
        post("https://ann:pw@example.org/")


def test_schemes_may_be_limited() -> None:
    with pytest.raises(Rejected, match=r"begin with https://$"):
        post("http://example.org/", Http(LOOPBACK, schemes=("https",)))


def test_a_server_that_shows_our_secrets_does_not_make_us_show_them() -> None:
    with http_server(answer("400 No", body="POST /hook/T0P5ECRET9 with key hunter22 was wrong")) as peer:
        with pytest.raises(Rejected) as caught:
            Http(LOOPBACK).post(peer.url, b"", {}, ["hunter22"])
        assert "T0P5ECRET9" not in str(caught.value)
        assert "hunter22" not in str(caught.value)
        assert "***" in str(caught.value)


def test_the_library_does_not_log_addresses(caplog: pytest.LogCaptureFixture) -> None:
    with http_server(b"HTTP/1.1 200 OK\r\nno header at all\r\n: what\r\n\r\nfine") as peer:
        assert post(peer.url).startswith("HTTP 200")
    assert caplog.text == ""


def test_what_is_answered_is_harmless_and_short() -> None:
    with http_server(answer("200 OK", body="a\x1b[31m\u202e" + "x" * 5000)) as peer:
        said = post(peer.url)
    assert said.isprintable()
    assert len(said) < 400
