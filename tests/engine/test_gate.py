import asyncio
import base64
import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traybeat.engine.gate import Gate, Keys, Message, Policy, hostname, policy_hosts, welcome
from traybeat.model.service import Secret

HOSTS = policy_hosts("Atlas.home", ["atlas.example.org."])
KEYS = Keys("scraper", Secret("pässword:with colon"), Secret("token"))


async def inner(scope: Message, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"in"})


def ask(policy: Policy, path: str = "/metrics", *headers: tuple[str, str]) -> tuple[int, Mapping[bytes, bytes], bytes]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "path": path,
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
    }
    asyncio.run(Gate(inner, policy)(scope, None, send))
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


def basic(user: str, password: str) -> tuple[str, str]:
    return "Authorization", "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


OPEN, CLOSED = Policy("exporter", HOSTS), Policy("exporter", HOSTS, KEYS, frozenset({"/healthz"}))
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
    bearer_only = Policy("exporter", HOSTS, Keys(token=Secret("token")))
    assert ask(bearer_only, "/", HOST, basic("", "token"))[0] == 401
    basic_only = Policy("exporter", HOSTS, Keys("scraper", Secret("p")))
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


def test_what_is_not_http_gets_no_answer() -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(Gate(inner, OPEN)({"type": "websocket", "headers": []}, None, send))
    assert sent == []


@given(st.text())
def test_no_host_header_breaks_the_gate(host: str) -> None:
    assert isinstance(welcome(host, HOSTS), bool)
    assert isinstance(hostname(host), str)
