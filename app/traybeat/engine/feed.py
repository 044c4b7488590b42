"""The feed: what is newest, encoded once for everybody who listens; a slow reader misses what is no longer new."""

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping
from typing import Literal

from traybeat.host.logs import fields
from traybeat.model.errors import Fault
from traybeat.model.metric import Batch
from traybeat.model.settings import Settings

log = logging.getLogger("traybeat.feed")

GATHER_SECONDS = 0.25
"""Collectors that come at nearly the same time are told of together."""

CALM_SECONDS = 5.0

Subject = Literal["readings", "alerts", "appearance"]


class Listener:
    """One reader: a mailbox of one for each subject."""

    def __init__(self) -> None:
        self._news = asyncio.Event()
        self._waiting: dict[Subject, bytes] = {}

    def put(self, subject: Subject, message: bytes) -> None:
        """Replace what has not been taken yet."""
        self._waiting[subject] = message
        self._news.set()

    async def take(self) -> tuple[bytes, ...]:
        """Wait for something new, and give it."""
        await self._news.wait()
        self._news.clear()
        taken, self._waiting = tuple(self._waiting.values()), {}
        return taken


class Feed:
    """A sink that tells its listeners. `encoders` give each subject's message as of now, on a thread of their own.

    `calm` is called some seconds after the last listener has left: what many of them took can be given back.
    """

    def __init__(self, calm: Callable[[], object] = lambda: None) -> None:
        self._calm = calm
        self.encoders: Mapping[Subject, Callable[[], bytes]] = {}
        self._lock = threading.Lock()
        self._due: set[Subject] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listeners: set[Listener] = set()
        self._telling: set[asyncio.Task[None]] = set()

    def accept(self, batch: Batch) -> None:
        """Tell of new readings soon; called by the pump."""
        if batch.error is None:
            self.changed("readings")

    def check(self, new: Settings) -> tuple[Fault, ...]:  # noqa: ARG002 (any appearance will do)
        """Agree to any settings."""
        return ()

    def apply(self, old: Settings, new: Settings) -> None:
        """Tell open pages how they are to look and speak from now on."""
        if old.appearance != new.appearance:
            self.changed("appearance")

    def changed(self, subject: Subject) -> None:
        """Tell of a subject soon; any thread may call."""
        with self._lock:
            if self._loop is None or subject in self._due:
                return
            self._due.add(subject)
            if len(self._due) == 1:
                self._loop.call_soon_threadsafe(self._soon)

    async def join(self) -> Listener:
        """Begin to listen; what is newest is told at once."""
        listener = Listener()
        with self._lock:
            self._loop = asyncio.get_running_loop()
            self._listeners.add(listener)
        try:
            for subject in self.encoders:
                listener.put(subject, await asyncio.to_thread(self.encoders[subject]))
        except BaseException:
            self.leave(listener)
            raise
        return listener

    def leave(self, listener: Listener) -> None:
        """Listen no longer; without listeners nothing is encoded."""
        with self._lock:
            self._listeners.discard(listener)
            if self._listeners:
                return
            if self._loop is not None:
                self._loop.call_later(CALM_SECONDS, self._calm)
            self._loop = None
            self._due.clear()

    def _soon(self) -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(GATHER_SECONDS, self._begin)

    def _begin(self) -> None:
        task = asyncio.get_running_loop().create_task(self._tell())
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _tell(self) -> None:
        with self._lock:
            due, self._due = self._due, set()
        for subject in due:
            try:
                message = await asyncio.to_thread(self.encoders[subject])
            except Exception as error:
                log.exception("feed can't tell", extra=fields(part=subject, kind=type(error).__name__))
                continue
            for listener in tuple(self._listeners):
                listener.put(subject, message)
