"""The other side of a channel: HTTP and mail servers that behave, and that don't."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import certificates
from traybeat.model.message import Message, Notice
from traybeat.model.readings.process import Process

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def answer(status: str, *headers: str, body: str = "") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body.encode())}", "Connection: close", *headers]
    return "\r\n".join([*lines, "", body]).encode()


class Request(NamedTuple):
    """What a server was asked; header names in lower case."""

    line: str
    headers: dict[str, str]
    body: bytes


Reply = Callable[[Request, socket.socket], None]


@dataclass
class HttpPeer:
    """A server on loopback, and what it was asked."""

    port: int
    scheme: str = "http"
    requests: list[Request] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/hook/T0P5ECRET9"


def _read(connection: socket.socket) -> Request | None:
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = connection.recv(65_536)
        if not chunk:
            return None
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    line, *rest = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (one.partition(":") for one in rest)}
    while len(body) < int(headers.get("content-length", "0")):
        body += connection.recv(65_536)
    return Request(line, headers, body)


@contextmanager
def http_server(reply: bytes | Reply = OK, context: ssl.SSLContext | None = None) -> Iterator[HttpPeer]:
    """Run a server that answers every request so, each connection on a thread of its own."""
    listener = socket.create_server(("127.0.0.1", 0))
    peer = HttpPeer(listener.getsockname()[1], "https" if context else "http")
    open_: list[socket.socket] = []

    def serve(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            one = context.wrap_socket(connection, server_side=True) if context else connection
            with one:
                open_.append(one)
                request = _read(one)
                if request is None:
                    return
                peer.requests.append(request)
                if isinstance(reply, bytes):
                    one.sendall(reply)
                else:
                    reply(request, one)

    def listen() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=listen, daemon=True).start()
    try:
        yield peer
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for one in open_:
            one.close()


def drip(prefix: bytes, piece: bytes, stop: threading.Event) -> Reply:
    """Answer with a beginning, and then a piece every now and then for ever."""

    def reply(_: Request, connection: socket.socket) -> None:
        connection.sendall(prefix)
        while not stop.wait(0.05):
            connection.sendall(piece)

    return reply


def contexts(directory: Path, name: str = "peer") -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Give TLS contexts for a server with a certificate of its own, and for a client that trusts it."""
    certificate, key = certificates.make(directory, name)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    return server, ssl.create_default_context(cafile=str(certificate))


@dataclass
class Mailbox:
    """What arrived at a mail server: the whole mails, and their recipients."""

    port: int
    mails: list[bytes] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    answer: str = "250 2.0.0 taken"
    refused: dict[str, str] = field(default_factory=dict)
    hang: bool = False
    users: list[str] = field(default_factory=list)


class _Handler:
    """aiosmtpd's hooks, over a mailbox."""

    def __init__(self, box: Mailbox) -> None:
        self._box = box

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address in self._box.refused:
            return self._box.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        import asyncio

        self._box.mails.append(envelope.content)
        self._box.recipients.append(list(envelope.rcpt_tos))
        self._box.encrypted.append(session.ssl is not None)
        if self._box.hang:
            await asyncio.sleep(60)
        return self._box.answer


@contextmanager
def mail_server(port: int, **options: Any) -> Iterator[Mailbox]:
    """Run aiosmtpd; `tls_context` offers STARTTLS, `ssl_context` speaks TLS from the start."""
    import warnings

    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import AuthResult

    class Trusting(Controller):
        """Looks whether it listens without looking at its own certificate."""

        def _trigger_server(self) -> None:
            unchecked = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            unchecked.check_hostname = False
            unchecked.verify_mode = ssl.CERT_NONE
            with socket.create_connection((self.hostname, self.port), 5) as plain:
                if self.ssl_context is None:
                    plain.recv(1024)
                    return
                with unchecked.wrap_socket(plain) as one:
                    one.recv(1024)

    box = Mailbox(port)

    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> Any:
        login = data.login.decode() if isinstance(data.login, bytes) else data.login
        box.users.append(login)
        return AuthResult(success=data.password == b"correct horse", handled=False)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        controller = Trusting(
            _Handler(box),
            hostname="127.0.0.1",
            port=port,
            authenticator=authenticate,
            auth_require_tls=False,
            **options,
        )
        controller.start()
        try:
            yield box
        finally:
            controller.stop(no_assert=True)


def notice(**changes: Any) -> Notice:
    """Give a notice of a busy processor."""
    values: dict[str, Any] = {
        "alert": "a1b2c3",
        "event": "triggered",
        "rule": "cpu-busy",
        "name": "CPU busy",
        "severity": "warning",
        "metric": "system_cpu_busy_ratio",
        "labels": {"core": "0"},
        "text": "CPU busy: 95 % on box",
        "unit": "ratio",
        "triggered_at": 1_700_000_000.0,
        "threshold": 0.9,
        "value": 0.95,
        "worst": 0.97,
        "processes": (Process(42, "make", "ann", 0.91, 2.5e8),),
    }
    return Notice(**{**values, **changes})


def message(*notices: Notice, **changes: Any) -> Message:
    """Give a message with these notices, or one of its own."""
    told = notices or (notice(),)
    values: dict[str, Any] = {
        "key": "0123456789abcdef",
        "host": "box",
        "created_at": 1_700_000_010.0,
        "notices": told,
    }
    return Message(**{**values, **changes})


HOSTILE = "<!channel> <b>&amp;</b> \r\nBcc: eve@example.org\r\n\r\n \u202e \x1b[31m \udcff ${7*7} {value.__class__}"
