"""Every route, asked by everybody: what a key, a scope, a Host and an Origin change."""

import html
import json
import socket
from typing import Any

import pytest

from api.conftest import Client, Served

OPEN = {
    ("GET", "/healthz"), ("GET", "/readyz"), ("POST", "/api/session"), ("GET", "/api/openapi.json"),
    ("GET", "/api/docs"), ("GET", "/api/docs.css"),
}  # fmt: skip
VALUES = {"metric_type": "cpu", "id": "no-such", "name": "no-such"}


@pytest.fixture(scope="module")
def described(served: Served) -> dict[str, Any]:
    found: dict[str, Any] = served.nobody.get("/api/openapi.json").json
    return found


@pytest.fixture(scope="module")
def operations(described: dict[str, Any]) -> list[tuple[str, str, str, dict[str, Any]]]:
    return [
        (method.upper(), path, path.format(**VALUES), operation)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]


def ask(client: Client, method: str, path: str, **headers: str) -> int:
    return client.ask(method, path, None if method in {"GET", "DELETE"} else {}, **headers).status


def test_nobody_gets_anywhere_without_a_key(served: Served, operations: Any) -> None:
    for method, path, url, _ in operations:
        status = ask(served.nobody, method, url)
        assert (status == 401) is ((method, path) not in OPEN), (method, path, status)


def test_a_key_that_is_none_opens_nothing(served: Served, operations: Any) -> None:
    for method, path, url, _ in operations[:20]:
        if (method, path) not in OPEN:
            status = ask(served.nobody, method, url, Authorization="Bearer tb_" + "x" * 43)
            assert status in {401, 429}, (method, path)


def test_a_viewer_reads_and_changes_nothing(served: Served, operations: Any) -> None:
    for method, path, url, _ in operations:
        if (method, path) in OPEN:
            continue
        status = ask(served.viewer, method, url)
        assert (status == 403) is (method != "GET"), (method, path, status)


def test_an_admin_gets_a_documented_answer_everywhere(served: Served, operations: Any) -> None:
    for method, path, url, operation in operations:
        if path == "/api/welcome/done" or (method, path) == ("DELETE", "/api/session"):
            continue
        status = ask(served.admin, method, url)
        assert str(status) in operation["responses"], (method, path, status)
        assert status not in {401, 403} or path == "/api/session", (method, path)


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [("Host", "evil.example", 421), ("Origin", "https://evil.example", 403), ("Sec-Fetch-Site", "cross-site", 403)],
)
def test_the_gate_stands_before_every_route(
    served: Served, operations: Any, header: str, value: str, status: int
) -> None:
    for method, path, url, _ in operations:
        answer = served.admin.ask(method, url, None if method == "GET" else {}, **{header: value})
        assert answer.status == status, (method, path)
        assert answer.headers["content-type"] == "application/problem+json"


def test_every_answer_is_hardened_and_kept_by_nobody(served: Served, operations: Any) -> None:
    for method, path, url, _ in operations:
        headers = served.nobody.ask(method, url, None if method == "GET" else {}).headers
        assert headers["x-content-type-options"] == "nosniff", (method, path)
        assert "frame-ancestors 'none'" in headers["content-security-policy"], (method, path)
        assert "access-control-allow-origin" not in headers, (method, path)
        assert headers["cache-control"] in {"no-store", "private, no-cache"}, (method, path)


def test_the_document_has_every_path_of_the_contract(described: dict[str, Any]) -> None:
    assert {
        "/healthz", "/readyz", "/api/status", "/api/metrics", "/api/metrics/{metric_type}", "/api/processes",
        "/api/alerts/rules", "/api/alerts/rules/{id}", "/api/alerts/rules/backtest", "/api/alerts/active",
        "/api/alerts/history", "/api/alerts/{id}/acknowledge", "/api/alerts/snooze", "/api/settings",
        "/api/secrets/{name}", "/api/channels/{name}/test", "/api/openapi.json", "/api/docs",
    } <= described["paths"].keys()  # fmt: skip


def test_the_documentation_page_needs_nothing_from_elsewhere(served: Served, operations: Any) -> None:
    page = served.nobody.get("/api/docs").content.decode()
    assert "<script" not in page
    assert "style=" not in page
    assert "//" not in page.replace("http://www.w3.org", "")
    for _, path, _, operation in operations:
        assert html.escape(operation["summary"], quote=False) in page, path


def test_errors_tell_nothing_of_the_inside(served: Served) -> None:
    for path in ("/api/no/such", "/api/metrics/cpu?start=x", "/api/metrics/none", "/api/alerts/history?cursor=x"):
        answer = served.admin.get(path)
        assert answer.status in {404, 422}
        assert answer.headers["content-type"] == "application/problem+json"
        assert not any(word in answer.content.decode() for word in ("Traceback", ".py", "/home", "sqlite"))


def test_bodies_that_are_no_json_or_not_as_described_say_where(served: Served) -> None:
    assert served.admin.ask("POST", "/api/alerts/snooze", b"{").status == 400
    wrong = served.admin.ask("POST", "/api/alerts/snooze", {"seconds": "long"})
    assert wrong.status == 422
    assert wrong.json["errors"] == [{"path": "seconds", "detail": "Expected float | null, got str"}]
    assert served.admin.ask("POST", "/api/alerts/snooze", b"{}", Content_Type="text/plain").status == 415
    assert served.admin.ask("PATCH", "/api/settings", b"x" * 1_000_001).status == 413
    assert json.loads(served.admin.ask("PUT", "/api/status", {}).content)["status"] == 405


def test_what_is_no_http_is_refused_as_everything_is(served: Served) -> None:
    with socket.create_connection(("127.0.0.1", served.agent.dashboard), 5) as odd:
        odd.sendall(b"nonsense\r\n\r\n")
        head, _, body = b"".join(iter(lambda: odd.recv(4096), b"")).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"x-content-type-options: nosniff" in head
    assert json.loads(body)["status"] == 400
