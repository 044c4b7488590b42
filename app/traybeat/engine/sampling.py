"""The collectors that run, as the settings have it."""

import logging
import threading
from collections.abc import Callable, Mapping

from traybeat.engine.health import Wards
from traybeat.engine.latest import Latest
from traybeat.engine.pace import Pace
from traybeat.engine.sampler import Sampler
from traybeat.engine.supervisor import Supervisor
from traybeat.host.logs import fields
from traybeat.model.errors import Fault
from traybeat.model.metric import Batch
from traybeat.model.service import Clock, Collector
from traybeat.model.settings import CollectorOptions, Settings

log = logging.getLogger("traybeat.sampling")

Build = Callable[[CollectorOptions], Collector]


class Sampling:
    """Starts a sampler for every enabled collector; one whose options change is built anew, the others go on."""

    def __init__(
        self,
        builders: Mapping[str, Build],
        supervisor: Supervisor,
        clock: Clock,
        emit: Callable[[Batch], None],
        wards: Wards,
        latest: Latest,
        pace: Pace,
    ) -> None:
        self._builders = builders
        self._supervisor = supervisor
        self._clock = clock
        self._emit = emit
        self._wards = wards
        self._latest = latest
        self._pace = pace
        self._lock = threading.Lock()
        self._running: dict[str, CollectorOptions] = {}
        self._paused = False

    @property
    def paused(self) -> bool:
        """Whether somebody has had everything stop for a while."""
        return self._paused

    def pause(self, *, on: bool) -> None:
        """Stop every collector, or start those again that ran."""
        with self._lock:
            if on == self._paused:
                return
            self._paused = on
            for name, options in self._running.items():
                self._stop(name) if on else self._start(name, options)
        log.info("collection paused" if on else "collection goes on", extra=fields(part="sampling"))

    def check(self, new: Settings) -> tuple[Fault, ...]:  # noqa: ARG002 (the tree's own bounds suffice)
        """Agree to any options within their bounds."""
        return ()

    def apply(self, old: Settings, new: Settings) -> None:
        """Start, stop and rebuild what changed; while paused, only remember it."""
        with self._lock:
            for name in self._builders:
                before, after = old.collectors.get(name), new.collectors.get(name)
                if before == after:
                    continue
                if self._running.pop(name, None) is not None and not self._paused:
                    self._stop(name)
                if after is not None and after.enabled:
                    self._running[name] = after
                    if not self._paused:
                        self._start(name, after)

    def _start(self, name: str, options: CollectorOptions) -> None:
        try:
            collector = self._builders[name](options)
        except Exception as error:
            kind = type(error).__name__
            log.exception("collector can't be built", extra=fields(part=name, kind=kind))
            self._wards.admit(name, options.interval_seconds, self._clock.monotonic())
            self._wards.update(name, last_error=f"{kind}: {error}", failures_in_a_row=3, errors=1)
            return
        self._wards.admit(name, collector.interval, self._clock.monotonic())
        self._supervisor.start(Sampler(collector, self._clock, self._emit, self._wards, self._pace))

    def _stop(self, name: str) -> None:
        self._supervisor.end(name, seconds=1.0)
        self._wards.dismiss(name)
        self._latest.drop(name)
