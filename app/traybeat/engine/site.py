"""One HTTP listener: opens its port, tries again where it is taken, renews its certificate, follows the settings."""

import asyncio
import errno
import ipaddress
import logging
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from traybeat.host.lean import without
from traybeat.host.logs import fields
from traybeat.host.tls import CertificateError, Pair, Renewable
from traybeat.model.errors import TraybeatError

if TYPE_CHECKING:
    from uvicorn.server import Server

log = logging.getLogger("traybeat.http")

_KEEP_ALIVE_SECONDS = 15
_BACKLOG = 256
_FIRST_FREE_PORT = 1024
_PING_SECONDS = 20.0
_LARGEST_MESSAGE = 4096
"""Of what a WebSocket's client sends: a key."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to listen; with `pair`, by HTTPS."""

    address: str
    port: int
    pair: Pair | None = None

    @property
    def url(self) -> str:
        """The address for people and scrapers."""
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{'https' if self.pair else 'http'}://{host}:{self.port}"


class Rhythm(NamedTuple):
    """How many seconds to wait before a taken port is tried again, and between looks at the certificate's files."""

    retry: float = 30.0
    renew: float = 10.0


class Manner(NamedTuple):
    """How a listener treats its peers: whether it speaks WebSocket, and which peers are trusted proxies."""

    live: bool = False
    trusted: Callable[[str], bool] = lambda _: False


class Condition(Enum):
    """How a listener is."""

    OFF = "off"
    STARTING = "starting"
    LISTENING = "listening"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class SiteState:
    """A listener's condition; `problem` says what to do where it waits or where a new certificate was refused."""

    name: str
    condition: Condition
    url: str | None = None
    problem: str | None = None


class PortTakenError(TraybeatError):
    """Somebody else listens there."""


def bind(endpoint: Endpoint, setting: str) -> socket.socket:
    """Open the listening socket, alone on its port; raises TraybeatError, which says what to do."""
    family = socket.AF_INET6 if ":" in endpoint.address else socket.AF_INET
    # asyncio switches Nagle off only where the socket says that it speaks TCP: else each answer waits 40 ms for an ACK.
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform == "win32":
            # Without it two processes may share a port silently: python/cpython#85307.
            made.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((_numeric(endpoint.address), endpoint.port))
        made.listen(_BACKLOG)
        made.setblocking(False)  # noqa: FBT003 (socket's own signature)
    except OSError as error:
        made.close()
        raise explain(error, endpoint, setting) from None
    return made


def _numeric(address: str) -> str:
    return "127.0.0.1" if address == "localhost" else address


def loopback(address: str) -> bool:
    """Say whether only this machine can reach an address."""
    return address == "localhost" or ipaddress.ip_address(address).is_loopback


def explain(error: OSError, endpoint: Endpoint, setting: str) -> TraybeatError:
    """Say why a port can't be listened on, and which setting to change."""
    where = f"{endpoint.address}:{endpoint.port}"
    if error.errno == errno.EADDRINUSE:
        common = " (node_exporter's port too)" if endpoint.port == 9100 else ""  # noqa: PLR2004 (the port itself)
        return PortTakenError(
            f"port {endpoint.port}{common} is taken by another program; stop that, or set {setting}.port"
        )
    if error.errno == errno.EACCES:
        # Windows keeps ranges of ports for Hyper-V and its like, anywhere.
        other = "one above 1023" if endpoint.port < _FIRST_FREE_PORT else "another"
        return TraybeatError(f"not allowed to listen on {where}; set {setting}.port to {other}")
    if error.errno == errno.EADDRNOTAVAIL:
        return TraybeatError(f"{endpoint.address} is not an address of this machine; set {setting}.address")
    return TraybeatError(f"can't listen on {where}: {error.strerror or error}")


@contextmanager
def _without_command_line() -> Iterator[None]:
    """Import uvicorn without its command line, which its package imports, and with it click and multiprocessing.

    Nobody needs them here, nor its files of settings, and they would take a twentieth of the memory that we allow
    ourselves.
    """
    with without("configparser", "uvicorn.main", "logging.config"):
        yield


def _live(**how: Any) -> Any:
    """Make the protocol of a WebSocket; it, and the library that it needs, is loaded with the first one."""
    from traybeat.engine.live import Live

    return Live(**how)


def _server(app: Any, context: ssl.SSLContext | None, manner: Manner) -> "Server":
    with _without_command_line():
        from uvicorn.config import Config
        from uvicorn.server import Server

        from traybeat.engine.connection import connection
        from traybeat.engine.handshake import secured

    plain = connection(manner.trusted)
    live: Any = _live if manner.live else "none"
    config = Config(
        app,
        http=plain if context is None else secured(plain, context),
        ws=live,
        ws_max_size=_LARGEST_MESSAGE,
        ws_ping_interval=_PING_SECONDS,
        ws_ping_timeout=_PING_SECONDS,
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=1,
        backlog=_BACKLOG,
    )
    config.load()
    # Its own main loop is never run: it wakes ten times a second, to renew a header that the gate adds.
    server = Server(config)
    server.lifespan = config.lifespan_class(config)
    return server


class Site:
    """A listener that lives on the asyncio thread; `configure` may be called from any."""

    def __init__(
        self, name: str, app: Any, endpoint: Endpoint | None, rhythm: Rhythm, manner: Manner | None = None
    ) -> None:
        self.name = name
        self._manner = manner or Manner()
        self._rhythm = rhythm
        self.settled = threading.Event()
        self._app = app
        self._endpoint = endpoint
        self._state = SiteState(name, Condition.STARTING)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed = asyncio.Event()
        self._ending = False
        self._lock = threading.Lock()

    @property
    def state(self) -> SiteState:
        """How the listener is now."""
        return self._state

    def configure(self, endpoint: Endpoint | None) -> None:
        """Move to another endpoint, or with None stop listening."""
        with self._lock:
            if endpoint == self._endpoint:
                return
            self._endpoint = endpoint
            self._poke()

    def end(self) -> None:
        """Let `serve` return; call it on the asyncio thread."""
        self._ending = True
        self._changed.set()

    def _poke(self) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._changed.set)

    async def serve(self) -> None:
        """Listen as configured until ended."""
        with self._lock:
            self._loop = asyncio.get_running_loop()
            self._changed = asyncio.Event()
            self._ending = False
        try:
            while not self._ending:
                self._changed.clear()
                await self._once(self._endpoint)
        finally:
            with self._lock:
                self._loop = None
            self._tell(Condition.OFF)

    async def _once(self, endpoint: Endpoint | None) -> None:
        if endpoint is None:
            self._tell(Condition.OFF)
            await self._changed.wait()
            return
        try:
            renewable = Renewable(endpoint.pair) if endpoint.pair else None
            opened = bind(endpoint, self.name)
        except TraybeatError as error:
            self._tell(Condition.WAITING, endpoint, f"{error}; trying again every {self._rhythm.retry:.0f} s")
            log.warning("not listening", extra=fields(part=self.name, kind=type(error).__name__, problem=error))
            await self._pause(self._rhythm.retry)
            return
        await self._listen(endpoint, opened, renewable)

    async def _listen(self, endpoint: Endpoint, opened: socket.socket, renewable: Renewable | None) -> None:
        server = _server(self._app, renewable.context if renewable else None, self._manner)
        await server.startup(sockets=[opened])
        self._tell(Condition.LISTENING, endpoint)
        log.info("listening", extra=fields(part=self.name, url=endpoint.url))
        try:
            while not self._changed.is_set():
                await self._pause(self._rhythm.renew if renewable else None)
                if renewable:
                    self._renew(renewable)
        finally:
            await server.shutdown(sockets=[opened])

    def _renew(self, renewable: Renewable) -> None:
        try:
            if renewable.renew():
                self._state = replace(self._state, problem=None)
                log.info("certificate renewed", extra=fields(part=self.name))
        except CertificateError as error:
            self._state = replace(self._state, problem=f"{error}; the certificate loaded before stays in use")
            log.warning("certificate refused", extra=fields(part=self.name, kind=str(error), problem=error))

    async def _pause(self, seconds: float | None) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            pass

    def _tell(self, condition: Condition, endpoint: Endpoint | None = None, problem: str | None = None) -> None:
        self._state = SiteState(self.name, condition, endpoint.url if endpoint else None, problem)
        if condition is not Condition.STARTING:
            self.settled.set()
