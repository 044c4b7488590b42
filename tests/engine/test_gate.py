import asyncio
import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traybeat.engine.credentials import Keys
from traybeat.engine.gate import Admission, Gate, Policy, Request
from traybeat.engine.hosts import hostname, networks, peer, policy_hosts, welcome
from traybeat.engine.principal import PEER, PRINCIPAL, Principal, Scope
from traybeat.engine.rates import Rates
from traybeat.engine.refusal import Message, Refusal
from traybeat.exporter.guard import ScrapeGuard
from traybeat.model.service import Secret

HOSTS = policy_hosts("Atlas.home", ["atlas.example.org."])
KEYS = Keys("scraper", Secret("pässword:with colon"), Secret("token"))


async def inner(scope: Message, receive: Any, send: Any) -> None:
    body = b"in"
    if scope["path"] == "/who":
        body = scope[PRINCIPAL].name.encode()
    elif scope["path"] == "/from":
        body = scope[PEER].encode()
    elif scope["method"] == "POST" and (given := (await receive())["body"]):
        body += b" " + given
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


async def silent() -> Message:
    raise AssertionError("nobody has anything to receive")


def ask(
    policy: Policy, path: str = "/metrics", *headers: tuple[str, str], method: str = "GET", body: Sequence[bytes] = ()
) -> tuple[int, Mapping[bytes, bytes], bytes]:
    sent: list[Message] = []
    parts = list(body) or [b""]

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "client": ("127.0.0.1", 40000),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
    }
    asyncio.run(Gate(inner, policy)(scope, receive, send))
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


def basic(user: str, password: str) -> tuple[str, str]:
    return "Authorization", "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def guarded(keys: Keys = Keys()) -> Policy:  # noqa: B008 (immutable)
    return Policy("exporter", HOSTS, ScrapeGuard(keys, Rates(lambda: 1000.0)))


OPEN, CLOSED = guarded(), guarded(KEYS)
HOST = ("Host", "localhost:9100")


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:9100", "127.0.0.1:9100", "[::1]:9100", "192.168.7.2", "ATLAS:9100", "atlas.home",
     "atlas.example.org:9100", "atlas.example.org.", "[fe80::1%25eth0]:9100"],
)  # fmt: skip
def test_our_own_names_and_every_address_are_welcome(host: str) -> None:
    assert ask(OPEN, "/", ("Host", host))[0] == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example:9100", "127.0.0.1.nip.io", "", "atlas.evil.example", "[]", ":9100"]
)
def test_a_name_that_is_not_ours_is_misdirected(host: str) -> None:
    status, headers, body = ask(OPEN, "/", ("Host", host))
    assert status == 421
    assert headers[b"content-type"] == b"application/problem+json"
    assert "exporter.hosts" in json.loads(body)["detail"]


def test_a_request_without_host_or_with_two_is_refused() -> None:
    assert ask(OPEN, "/")[0] == 421
    assert ask(OPEN, "/", HOST, ("Host", "evil.example"))[0] == 421


def test_pages_of_other_sites_are_refused_and_our_own_is_not() -> None:
    assert ask(OPEN, "/", HOST, ("Origin", "https://evil.example"))[0] == 403
    assert ask(OPEN, "/", HOST, ("Origin", "null"))[0] == 403
    assert ask(OPEN, "/", HOST, ("Origin", "http://localhost:9100"))[0] == 200


@pytest.mark.parametrize(
    "authorization", [basic("scraper", "pässword:with colon"), ("Authorization", "Bearer token"),
                      ("Authorization", "bearer  token ")]
)  # fmt: skip
def test_the_right_credentials_open(authorization: tuple[str, str]) -> None:
    assert ask(CLOSED, "/metrics", HOST, authorization)[0] == 200


@pytest.mark.parametrize(
    "authorization",
    [
        basic("scraper", "wrong"),
        basic("other", "pässword:with colon"),
        basic("scraper", ""),
        ("Authorization", "Basic !!!"),
        ("Authorization", "Basic " + base64.b64encode(b"\xff\xfe").decode()),
        ("Authorization", "Bearer tokem"),
        ("Authorization", "Bearer "),
        ("Authorization", "Bearer tökén"),
        ("Authorization", "Digest token"),
        ("Authorization", ""),
        ("X-Other", "token"),
    ],
)
def test_wrong_credentials_are_told_what_is_expected(authorization: tuple[str, str]) -> None:
    status, headers, body = ask(CLOSED, "/metrics", HOST, authorization)
    assert status == 401
    assert headers[b"www-authenticate"] == b'Bearer realm="traybeat", Basic realm="traybeat", charset="UTF-8"'
    assert "exporter.credentials" in json.loads(body)["detail"]


def test_a_scheme_that_is_not_set_up_never_opens() -> None:
    bearer_only = guarded(Keys(token=Secret("token")))
    assert ask(bearer_only, "/", HOST, basic("", "token"))[0] == 401
    basic_only = guarded(Keys("scraper", Secret("p")))
    assert ask(basic_only, "/", HOST, ("Authorization", "Bearer p"))[0] == 401


def test_the_open_paths_need_no_credentials_but_a_right_host() -> None:
    assert ask(CLOSED, "/healthz", HOST)[0] == 200
    assert ask(CLOSED, "/healthz", ("Host", "evil.example"))[0] == 421
    assert ask(CLOSED, "/healthz/../metrics", HOST)[0] == 401


@pytest.mark.parametrize("policy", [OPEN, CLOSED])
def test_every_answer_carries_the_hardening_headers(policy: Policy) -> None:
    _, headers, _ = ask(policy, "/metrics", HOST)
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert b"frame-ancestors 'none'" in headers[b"content-security-policy"]
    assert headers[b"referrer-policy"] == b"no-referrer"
    assert b"date" in headers


def test_what_is_neither_http_nor_websocket_gets_no_answer() -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(Gate(inner, OPEN)({"type": "lifespan", "headers": []}, silent, send))
    assert sent == []


def test_a_websocket_of_another_site_is_refused_before_it_is_one() -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"host", b"localhost"), (b"origin", b"https://evil.example")]
    scope = {"type": "websocket", "path": "/api/live", "headers": headers}
    asyncio.run(Gate(inner, OPEN)(scope, silent, send))
    assert [message["type"] for message in sent] == ["websocket.http.response.start", "websocket.http.response.body"]
    assert sent[0]["status"] == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_a_browser_says_comes_from_another_site_is_refused(site: str) -> None:
    assert ask(OPEN, "/", HOST, ("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", "no-cors"))[0] == 403
    assert ask(OPEN, "/", HOST, ("Sec-Fetch-Site", "same-origin"))[0] == 200


def test_a_link_on_another_site_may_be_followed() -> None:
    link = (("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document"))
    assert ask(OPEN, "/", HOST, *link)[0] == 200
    framed = (*link[:2], ("Sec-Fetch-Dest", "iframe"))
    assert ask(OPEN, "/", HOST, *framed)[0] == 403


WALL = "https://wall.example.org"


def test_no_page_may_read_an_answer_unless_its_site_is_listed() -> None:
    _, headers, _ = ask(OPEN, "/", HOST, ("Origin", "http://localhost:9100"))
    assert not [name for name in headers if name.startswith(b"access-control")]
    shared = replace(OPEN, origins=frozenset({WALL}))
    status, headers, _ = ask(shared, "/", HOST, ("Origin", WALL))
    assert (status, headers[b"access-control-allow-origin"]) == (200, WALL.encode())
    assert headers[b"vary"] == b"Origin"
    assert ask(shared, "/", HOST, ("Origin", "https://other.example"))[0] == 403


def test_a_listed_site_is_told_what_it_may_ask_for_without_a_key() -> None:
    shared = replace(CLOSED, origins=frozenset({WALL}))
    preflight = (("Origin", WALL), ("Access-Control-Request-Method", "PATCH"))
    status, headers, _ = ask(shared, "/", HOST, *preflight, method="OPTIONS")
    assert status == 204
    assert b"PATCH" in headers[b"access-control-allow-methods"]
    assert ask(CLOSED, "/", HOST, *preflight, method="OPTIONS")[0] == 403


JSON = ("Content-Type", "application/json")


def test_a_body_comes_through_whole() -> None:
    assert ask(OPEN, "/", HOST, JSON, ("Content-Length", "4"), method="POST", body=(b"ab", b"cd"))[2] == b"in abcd"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ((JSON, ("Content-Length", "1000001")), 413),
        ((JSON, ("Content-Length", "many")), 400),
        ((JSON, ("Content-Length", "1"), ("Content-Length", "2")), 400),
        ((("Content-Type", "text/plain"), ("Content-Length", "2")), 415),
        ((("Content-Length", "2"),), 415),
        ((JSON, ("Content-Length", "2"), ("Content-Encoding", "gzip")), 415),
        ((("Content-Type", "application/merge-patch+json; charset=utf-8"), ("Content-Length", "2")), 200),
        ((), 200),
    ],
)
def test_bodies_are_refused_by_what_their_header_says(headers: tuple[tuple[str, str], ...], status: int) -> None:
    assert ask(OPEN, "/", HOST, *headers, method="POST", body=(b"{}",))[0] == status


def test_what_is_too_large_is_taken_and_forgotten_before_it_is_refused() -> None:
    taken: list[int] = []

    async def receive() -> Message:
        taken.append(1)
        return {"type": "http.request", "body": b"x" * 100_000, "more_body": len(taken) < 30}

    sent: list[Message] = []

    async def send(message: Message) -> None:
        assert len(taken) == 30
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/", "client": ("127.0.0.1", 1), "headers": [
        (b"host", b"localhost"), (b"content-type", b"application/json"), (b"content-length", b"3000000"),
    ]}  # fmt: skip
    asyncio.run(Gate(inner, OPEN)(scope, receive, send))
    assert sent[0]["status"] == 413


def test_a_body_that_does_not_say_its_length_is_bounded_too() -> None:
    chunked = (JSON, ("Transfer-Encoding", "chunked"))
    assert ask(OPEN, "/", HOST, *chunked, method="POST", body=(b"x" * 600_000,) * 2)[0] == 413


class Somebody:
    """Lets in whoever comes, as somebody in particular."""

    async def admit(self, request: Request) -> Admission | Refusal:
        return Admission(Principal(request.peer, Scope.VIEWER, "key"), ((b"x-told", b"1"),))


def test_behind_the_gate_it_is_known_who_asks() -> None:
    policy = replace(OPEN, guard=Somebody(), proxies=networks(["127.0.0.1"]))
    _, headers, body = ask(policy, "/who", HOST, ("X-Forwarded-For", "10.9.8.7"))
    assert (headers[b"x-told"], body) == (b"1", b"10.9.8.7")


@pytest.mark.parametrize(
    ("client", "forwarded", "found"),
    [
        ("192.0.2.1", "10.0.0.1", "192.0.2.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "10.9.8.7", "10.9.8.7"),
        ("127.0.0.1", "6.6.6.6, 10.9.8.7", "10.9.8.7"),
        ("127.0.0.1", "6.6.6.6, 10.0.0.5", "6.6.6.6"),
        ("nowhere", "10.9.8.7", "nowhere"),
    ],
)
def test_only_trusted_proxies_say_for_whom_they_ask(client: str, forwarded: str, found: str) -> None:
    assert peer(client, forwarded, networks(["127.0.0.1", "10.0.0.0/24"])) == found


@given(st.text())
def test_no_host_header_breaks_the_gate(host: str) -> None:
    assert isinstance(welcome(host, HOSTS), bool)
    assert isinstance(hostname(host), str)


def test_behind_the_gate_it_is_known_from_where_somebody_asks() -> None:
    proxied = replace(OPEN, proxies=networks(["127.0.0.1"]))
    assert ask(proxied, "/from", HOST, ("X-Forwarded-For", "10.1.1.1"))[2] == b"10.1.1.1"
    twice = (("X-Forwarded-For", "10.6.6.6"), ("X-Forwarded-For", "10.1.1.1"))
    assert ask(proxied, "/from", HOST, *twice)[2] == b"127.0.0.1", "of two headers nobody knows which to believe"
    assert ask(OPEN, "/from", HOST, ("X-Forwarded-For", "10.1.1.1"))[2] == b"127.0.0.1"
