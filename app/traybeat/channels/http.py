"""One HTTP request to somebody we do not trust: no redirects, bounded in time and size, to a checked address.

urllib3, the TLS library and what they need are loaded at the first request.
"""

import contextlib
import socket
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import SplitResult, urlsplit

import traybeat
from traybeat.channels.address import Guard, Resolve, choose, system_lookup
from traybeat.channels.deadline import deadline
from traybeat.channels.secrecy import hide, parts, silence
from traybeat.model.message import Rejected, Unreachable

if TYPE_CHECKING:
    import ssl

    from urllib3.connection import HTTPConnection

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 10.0
MOST_BYTES = 65_536
_PORTS = {"http": 80, "https": 443}
_LATER = frozenset({408, 425, 429})
_SERVER_ERROR = 500


class Answer(NamedTuple):
    """What the other side said; `retry_after` in seconds."""

    status: int
    text: str
    retry_after: float | None


class Http:
    """Sends JSON by POST. `resolve` looks hosts up; `context` is the TLS context, the system's where it is None."""

    def __init__(
        self,
        guard: Guard,
        schemes: Iterable[str] = ("https", "http"),
        resolve: Resolve = system_lookup,
        context: "ssl.SSLContext | None" = None,
        seconds: float = TOTAL_SECONDS,
    ) -> None:
        self._guard = guard
        self._schemes = tuple(schemes)
        self._resolve = resolve
        self._context = context
        self._seconds = seconds
        self._late = f"no answer within {seconds:g} s"

    def post(self, url: str, body: bytes, headers: Mapping[str, str], secrets: Iterable[str] = ()) -> str:
        """Send a body and give what was answered; raises Rejected or Unreachable, whose texts tell nothing secret."""
        split = self._split(url)
        hidden = (*parts(url), *secrets)
        answer = self._exchange(split, body, headers, hidden)
        said = f"HTTP {answer.status}" + (f": {answer.text}" if answer.text else "")
        if 200 <= answer.status < 300:  # noqa: PLR2004 (the class of success)
            return said
        if 300 <= answer.status < 400:  # noqa: PLR2004 (redirects)
            raise Rejected(f"HTTP {answer.status}: redirects are not followed; set the address that it leads to")
        if answer.status in _LATER or answer.status >= _SERVER_ERROR:
            raise Unreachable(said, answer.retry_after)
        raise Rejected(said)

    def _split(self, url: str) -> SplitResult:
        try:
            split = urlsplit(url)
            usable = split.scheme in self._schemes and split.hostname and (split.port is None or split.port > 0)
        except ValueError:
            usable = False
        if not usable or not url.isascii() or not url.isprintable() or " " in url:
            told = " or ".join(f"{scheme}://" for scheme in self._schemes)
            raise Rejected(f"the address is not usable: it must be plain ASCII and begin with {told}")
        if split.username is not None or split.password is not None:
            raise Rejected("the address holds a user name or password; send them as a header instead")
        return split

    def _exchange(self, url: SplitResult, body: bytes, headers: Mapping[str, str], hidden: Iterable[str]) -> Answer:
        connection = self._connection(url)
        told = {"Host": url.netloc.rpartition("@")[2], "User-Agent": f"Traybeat/{traybeat.__version__}", **headers}
        target = (url.path or "/") + (f"?{url.query}" if url.query else "")
        with contextlib.closing(connection), deadline(self._seconds, lambda: _socket(connection)) as expiry:
            try:
                connection.connect()
                connection.request("POST", target, body=body, headers=told, preload_content=False)
                response = connection.getresponse()
            except _troubles() as error:
                reason = self._late if expiry.expired else _reason(error)
                raise Unreachable(reason) from None
            if expiry.expired:  # The end that we made of the connection passes for the end of the head.
                raise Unreachable(self._late)
            text = _text(response)
            return Answer(response.status, hide(text, hidden), _retry_after(response.headers.get("Retry-After")))

    def _connection(self, url: SplitResult) -> "HTTPConnection":
        from urllib3.connection import HTTPConnection, HTTPSConnection

        silence("urllib3")
        host = url.hostname or ""
        port = url.port or _PORTS[url.scheme]
        address = choose(host, port, self._guard, self._resolve)
        if url.scheme == "http":
            return HTTPConnection(address, port, timeout=CONNECT_SECONDS)
        return HTTPSConnection(
            address,
            port,
            timeout=CONNECT_SECONDS,
            server_hostname=host,
            ssl_context=self._context or _system_context(),
        )


def _system_context() -> "ssl.SSLContext":
    import ssl

    return ssl.create_default_context()


def _socket(connection: "HTTPConnection") -> socket.socket | None:
    sock: Any = connection.sock
    return sock if isinstance(sock, socket.socket) else None


def _troubles() -> tuple[type[Exception], ...]:
    """Give what a connection may raise."""
    import http.client

    import urllib3.exceptions

    return (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError, ValueError)


def _text(response: Any) -> str:
    """Read an answer as far as we want to know it; the status alone decides, so a body that breaks off does no harm."""
    with contextlib.suppress(*_troubles()):
        return str(response.read(MOST_BYTES, decode_content=False).decode("utf-8", "replace"))
    return ""


def _reason(error: Exception) -> str:
    """Say in our own words what went wrong; the library's would show the address."""
    import ssl

    causes = (error, error.__cause__, error.__context__, getattr(error, "reason", None))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not trusted ({cause.verify_message})"
        if isinstance(cause, ssl.SSLError):
            return "TLS failed"
        if isinstance(cause, ConnectionRefusedError):
            return "the connection was refused"
        if isinstance(cause, TimeoutError):
            return "no answer in time"
    return f"the connection failed ({type(error).__name__})"


def _retry_after(value: str | None) -> float | None:
    """Read the header: seconds, or a date (RFC 9110, 10.2.3)."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value[:12])
    import time
    from email.utils import parsedate_to_datetime

    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError):
        return None
