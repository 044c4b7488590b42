"""The resident's side of the window: one at a time, opened when asked for, opened again when it crashed."""

import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple, Protocol

from traybeat.host.logs import fields
from traybeat.model.errors import TraybeatError
from traybeat.model.service import Clock
from traybeat.model.stop import Stop
from traybeat.model.text import clean
from traybeat.window import address, geometry
from traybeat.window.browser import NoBrowserError
from traybeat.window.child import Child, Launch, LaunchError, Process

log = logging.getLogger("traybeat.window")

TICK_SECONDS = 1.0
MOST_SILENT_TICKS = 12
MOST_OPENING_TICKS = 40
MOST_RESTARTS = 3
RESTART_SECONDS = 300.0
_DONE, _UNAVAILABLE = 0, 69


class Fallback(Protocol):
    """What shows the dashboard where no web view does."""

    def open(self, url: str, environ: Mapping[str, str]) -> None:
        """Open an address; raises NoBrowserError."""

    def tidy(self) -> float | None:
        """Tidy up; gives the seconds until there is more to do."""


class NoWindowError(TraybeatError):
    """The dashboard can't be shown; the text says why, and what to do."""


class Request(NamedTuple):
    """Somebody wants to see a page; `session` are the variables of the desktop session that they sit at."""

    page: str
    session: Mapping[str, str]


class Told(NamedTuple):
    """An event of one of our children; None once it has ended."""

    child: Child
    event: Mapping[str, Any] | None


@dataclass(slots=True)
class _Open:
    """The window that is open, how long it has been silent, and whether it still has to follow the last request."""

    child: Child
    request: Request
    owes: bool = False
    silent: int = 0
    hint: str | None = None
    detail: str | None = None


@dataclass(slots=True)
class Outlook:
    """What there is to tell about the window: whether it is `open`, its page `loaded`, and a `problem` to mend."""

    open: bool = False
    loaded: bool = False
    problem: str | None = None
    crashes: deque[float] = field(default_factory=deque)


class Keeper:
    """The service that keeps the window.

    `dashboard` gives the address that the pages are served at, None while they are not; `code` a new one-time code;
    `tell` shows a line to whoever sits at the machine.
    """

    name = "window"

    def __init__(
        self,
        dashboard: Callable[[], str | None],
        code: Callable[[], str],
        place: Path,
        browser: Fallback,
        clock: Clock,
        tell: Callable[[str], None],
        launch: Launch = Process,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._dashboard = dashboard
        self._code = code
        self._place = place
        self._browser = browser
        self._clock = clock
        self._say = tell
        self._launch = launch
        self._environ = environ
        self._queue: SimpleQueue[Request | Told | None] = SimpleQueue()
        self._open: _Open | None = None
        self.outlook = Outlook()

    def show(self, page: str = "", session: Mapping[str, str] | None = None) -> None:
        """Open the window, or bring it to the front, at a page; from any thread. Raises TraybeatError."""
        wanted = Request(address.clean(page), session or {})
        if self._dashboard() is None:
            raise NoWindowError("the dashboard does not listen; `traybeat status` says why")
        self._queue.put(wanted)

    def run(self, stop: Stop) -> None:
        """Keep the window until told to stop."""
        stop.call(lambda: self._queue.put(None))
        pause = self._browser.tidy()
        try:
            while not stop.is_set():
                try:
                    item = self._queue.get(timeout=TICK_SECONDS if self._open else pause)
                except Empty:
                    self.tick()
                else:
                    self.take(item)
                pause = self._browser.tidy()
        finally:
            if self._open is not None:
                self._close(self._open, gently=True)

    def take(self, item: Request | Told | None) -> None:
        """Deal with what came: a request, an event, or None for the end."""
        if isinstance(item, Request):
            self._wanted(item)
        elif isinstance(item, Told) and self._open is not None and item.child is self._open.child:
            self._heard(self._open, item.event)

    def _wanted(self, request: Request) -> None:
        if self._open is not None:
            url = self._url(request.page) if request.page else None
            self._open.request = request
            self._open.owes = True
            self._open.child.send(do="show", url=url)
        else:
            self._start(request)

    def _url(self, page: str) -> str | None:
        dashboard = self._dashboard()
        return None if dashboard is None else address.locate(dashboard, page, self._code())

    def _start(self, request: Request) -> None:
        url = self._url(request.page)
        if url is None:
            self._problem("the dashboard does not listen; `traybeat status` says why")
            return
        try:
            child = self._launch({**self._environ, **request.session})
        except LaunchError as error:
            self._problem(str(error))
            self._browse(request)
            return
        self._open = _Open(child, request)
        self.outlook.open = True
        threading.Thread(target=self._read, args=(child,), name="window events", daemon=True).start()
        place = geometry.load(self._place)
        child.send(
            do="open", url=url, geometry={"width": place.width, "height": place.height, "x": place.x, "y": place.y}
        )
        log.info("window opened", extra=fields(part=self.name, page=request.page))

    def _read(self, child: Child) -> None:
        try:
            for event in child.events():
                self._queue.put(Told(child, event))
        finally:
            self._queue.put(Told(child, None))

    def _heard(self, opened: _Open, event: Mapping[str, Any] | None) -> None:
        if event is None:
            self._ended(opened, self._close(opened, gently=True))
            return
        opened.silent = 0
        match event.get("event"):
            case "loaded" | "beat":
                self.outlook.loaded = True
                self.outlook.problem = None
            case "raised":
                opened.owes = False
            case "geometry":
                geometry.save(self._place, geometry.understood(dict(event)))
            case "unavailable":
                opened.detail, opened.hint = clean(str(event.get("detail")), 200), clean(str(event.get("hint")), 400)

    def tick(self) -> None:
        """Count the silence in ticks, not by a clock: a machine that slept was silent, too."""
        if self._open is None:
            return
        self._open.silent += 1
        if self._open.silent > (MOST_SILENT_TICKS if self.outlook.loaded else MOST_OPENING_TICKS):
            opened = self._open
            log.warning("window hangs", extra=fields(part=self.name))
            self._close(opened, gently=False)
            self._crashed(opened, "did not answer any more")

    def _close(self, opened: _Open, *, gently: bool) -> int:
        self._open = None
        self.outlook.open = self.outlook.loaded = False
        return opened.child.end(gently=gently)

    def _ended(self, opened: _Open, code: int) -> None:
        if code == _DONE:
            log.info("window closed", extra=fields(part=self.name))
            if opened.owes:  # it was closing when it was asked for again
                self._start(opened.request)
        elif code == _UNAVAILABLE:
            hint = f"; to have a window, {opened.hint}" if opened.hint else ""
            self._problem(f"there is no web view ({opened.detail}), so that the browser is used{hint}")
            self._browse(opened.request)
        else:
            log.warning("window crashed", extra=fields(part=self.name, code=code))
            self._crashed(opened, "crashed")

    def _crashed(self, opened: _Open, what: str) -> None:
        now = self._clock.monotonic()
        crashes = self.outlook.crashes
        while crashes and now - crashes[0] > RESTART_SECONDS:
            crashes.popleft()
        crashes.append(now)
        if len(crashes) <= MOST_RESTARTS:
            self._problem(f"the window {what}, and was opened again")
            self._start(opened.request)
        else:
            self._problem(f"the window {what} {len(crashes)} times, so that the browser is used now")
            self._browse(opened.request)

    def _browse(self, request: Request) -> None:
        url = self._url(request.page)
        if url is None:
            return
        try:
            self._browser.open(url, {**self._environ, **request.session})
        except NoBrowserError as error:
            self._problem(f"{error}; the dashboard is at {self._dashboard()}")

    def _problem(self, text: str) -> None:
        if text != self.outlook.problem:
            self.outlook.problem = text
            log.warning("window trouble", extra=fields(part=self.name, problem=text))
            self._say(text)
