"""A real HTTPS server, the real helper, real signatures."""

import datetime as dt
import importlib.util
import json
import ssl
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import certificates
from traybeat.updates import asking
from traybeat.updates.edition import Edition
from traybeat.updates.manifest import MOST_BYTES, ManifestError, unpack

KEY = Ed25519PrivateKey.generate()
QUARTER = dt.timedelta(days=90)


def release_tool() -> ModuleType:
    file = Path(__file__).parents[2] / "installers" / "release" / "manifest.py"
    spec = importlib.util.spec_from_file_location("release_manifest", file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TOOL = release_tool()


class Server:
    """Answers with what it was given, by path; notes what it was asked."""

    def __init__(self, port: int) -> None:
        self.url = f"https://127.0.0.1:{port}"
        self.pages: dict[str, tuple[int, bytes]] = {}
        self.asked: list[tuple[str, str]] = []

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        self.asked.append((request.path, str(request.headers["User-Agent"])))
        status, body = self.pages.get(request.path, (404, b""))
        request.send_response(status)
        request.send_header("Location" if status == 302 else "Content-Type", body.decode() if status == 302 else "x/y")
        request.send_header("Content-Length", "0" if status == 302 else str(len(body)))
        request.end_headers()
        request.wfile.write(b"" if status == 302 else body)


@contextmanager
def serving(directory: Path) -> Iterator[tuple[Server, Path]]:
    certificate, key = certificates.make(directory)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answering.answer(self)

        def log_message(self, *args: Any) -> None:
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    answering = Server(httpd.server_address[1])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    httpd.socket = context.wrap_socket(httpd.socket, server_side=True)
    thread = threading.Thread(target=httpd.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield answering, certificate
    finally:
        httpd.shutdown()
        thread.join()
        httpd.server_close()


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with serving(tmp_path) as (found, certificate):
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        yield found


def ask(server: Server, path: str = "/m", key: Ed25519PrivateKey = KEY) -> Any:
    return asking.ask(Edition(server.url + path, TOOL.public(key)), "Traybeat/9.9.9")


def test_what_the_release_signs_is_what_the_program_reads(server: Server) -> None:
    server.pages["/m"] = 200, TOOL.signed(KEY, "1.2.3", "https://example.org/v1.2.3", QUARTER)
    release = ask(server)
    assert (release.version, release.page) == ("1.2.3", "https://example.org/v1.2.3")
    assert release.expires - release.released == QUARTER.total_seconds()
    assert server.asked == [("/m", "Traybeat/9.9.9")]


def test_redirects_are_followed(server: Server) -> None:
    server.pages["/latest"] = 302, b"/m"
    server.pages["/m"] = 200, TOOL.signed(KEY, "1.2.3", "https://example.org/v1.2.3", QUARTER)
    assert ask(server, "/latest").version == "1.2.3"


def test_another_keys_manifest_is_not_believed(server: Server) -> None:
    server.pages["/m"] = 200, TOOL.signed(Ed25519PrivateKey.generate(), "6.6.6", "https://evil.example/x", QUARTER)
    with pytest.raises(ManifestError, match="signature does not hold"):
        ask(server)


def test_a_signature_made_for_something_else_is_not_believed(server: Server) -> None:
    payload = b'{"version": "6.6.6"}'
    body = {"payload": b64encode(payload).decode(), "signature": b64encode(KEY.sign(payload)).decode()}
    server.pages["/m"] = 200, json.dumps(body).encode()
    with pytest.raises(ManifestError, match="signature does not hold"):
        ask(server)


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (404, b"", "HTTP 404"),
        (200, b"<html>", "no update manifest"),
        (200, b"x" * (MOST_BYTES + 1), "far too long"),
    ],
)
def test_other_answers_are_told(server: Server, status: int, body: bytes, reason: str) -> None:
    server.pages["/m"] = status, body
    with pytest.raises(ManifestError, match=reason):
        ask(server)


def test_a_server_that_nobody_vouches_for_is_not_believed(tmp_path: Path) -> None:
    with serving(tmp_path) as (server, _), pytest.raises(ManifestError, match="certificate is not trusted"):
        asking.fetch(f"{server.url}/m", "Traybeat")


def test_nobody_there_is_told() -> None:
    with pytest.raises(ManifestError, match="no connection"):
        asking.ask(Edition("https://127.0.0.1:9/m", TOOL.public(KEY)), "Traybeat")


@pytest.mark.parametrize("answer", [b"", b"[]", b"no json"])
def test_a_helper_that_breaks_is_told(answer: bytes) -> None:
    with pytest.raises(ManifestError, match="could not be fetched"):
        asking.ask(Edition("https://x.example", ""), "Traybeat", lambda request, seconds: answer)


def test_the_release_tool_writes_what_a_build_carries(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from traybeat.updates.edition import built

    file = tmp_path / "edition.json"
    assert TOOL.main(["edition", "http://plain.example", TOOL.public(KEY), "--file", str(file)]) == 2
    assert not file.exists()
    assert TOOL.main(["edition", "https://x.example/m", TOOL.public(KEY), "--file", str(file)]) == 0
    assert built(file) == Edition("https://x.example/m", TOOL.public(KEY))


def test_the_release_tool_signs_by_the_key_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    TOOL.main(["key"])
    private, public = (line.rpartition(" ")[2] for line in capsys.readouterr().out.splitlines())
    monkeypatch.setenv("TRAYBEAT_UPDATE_KEY", private)
    file = tmp_path / "m.json"
    TOOL.main(["sign", "1.2.3", "https://example.org/v1.2.3", str(file)])
    asking.verify(unpack(file.read_bytes()), public)
    monkeypatch.delenv("TRAYBEAT_UPDATE_KEY")
    with pytest.raises(SystemExit, match="TRAYBEAT_UPDATE_KEY"):
        TOOL.main(["sign", "1.2.3", "https://example.org/v1.2.3", str(file)])
