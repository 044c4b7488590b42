"""The agent watches itself: what it costs, whether its collectors are well, whether the machine slept."""

import logging
import platform
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import traybeat
from traybeat.engine.health import Health, Wards
from traybeat.engine.latest import Latest
from traybeat.engine.pace import Cost, Pace
from traybeat.host.logs import fields
from traybeat.host.portable.tolerate import refusals
from traybeat.model.errors import Fault
from traybeat.model.metric import Batch, Sample, counter, gauge
from traybeat.model.service import Clock
from traybeat.model.settings import Settings
from traybeat.model.stop import Stop

log = logging.getLogger("traybeat.monitor")

SECONDS = 5.0
ASLEEP_SECONDS = 30.0
LEAST_SLEEP_SECONDS = 1.0
FIRST_TIDY_SECONDS = 15.0
DISCHARGING = "system_battery_discharging"
TIDY_SECONDS = 600.0

CPU = gauge("agent_cpu_usage_ratio", "ratio", "Processor time Traybeat itself uses, of one core.", precision=1e-4)
RSS = gauge("agent_memory_rss_bytes", "bytes", "Resident memory of Traybeat itself.", precision=1)
PRIVATE = gauge(
    "agent_memory_private_bytes",
    "bytes",
    "Resident memory of Traybeat that no other process shares; on Windows, where the limit is on that.",
    precision=1,
)
BUILD = gauge("agent_build_info", "", "What runs here; always 1.", "version", "python", "sqlite")
STRETCH = gauge("agent_interval_stretch_factor", "", "By what all collection intervals are stretched; 1 is normal.")
GAPS = counter("agent_gaps_total", "", "Times the machine slept or stood still for longer than 30 s.")
ASLEEP = counter("agent_asleep_seconds_total", "seconds", "Time the machine slept while Traybeat ran.")
SLEEP = gauge("agent_last_sleep_seconds", "seconds", "Length of a sleep, given once, at its end.", precision=1)
START = gauge(
    "agent_start_uptime_seconds", "seconds", "How long the machine had been up when Traybeat started, given once.",
    precision=1,
)  # fmt: skip
POWER = counter("agent_power_events_total", "", "Times the system announced sleep or told of waking.", "event")
SUCCESS = gauge(
    "agent_collector_last_success_timestamp", "", "Unix time of each collector's last success.", "collector"
)
ERRORS = counter("agent_collector_errors_total", "", "Collections that failed.", "collector")
DURATION = gauge("agent_collector_duration_seconds", "seconds", "Duration of the last collection.", "collector")
STATUS = gauge("agent_collector_status", "", "1 where a collector is healthy, 0 where not.", "collector")
DROPPED = counter(
    "agent_samples_dropped_total", "", "Samples seen and not kept; reason top is normal.", "collector", "reason"
)
RESTARTS = counter(
    "agent_service_restarts_total", "", "Times a part of Traybeat died and was started again.", "service"
)
BATCHES = counter("agent_batches_dropped_total", "", "Batches dropped because the sinks were behind.")
LINES = counter("agent_log_lines_suppressed_total", "", "Log lines held back because they repeated themselves.")
METRICS = (
    CPU,
    RSS,
    PRIVATE,
    BUILD,
    STRETCH,
    GAPS,
    ASLEEP,
    SLEEP,
    START,
    POWER,
    SUCCESS,
    ERRORS,
    DURATION,
    STATUS,
    DROPPED,
    RESTARTS,
    BATCHES,
    LINES,
)


class Usage(Protocol):
    """Where the agent's own cost comes from."""

    def cpu_seconds(self) -> float:
        """Give the processor time used so far, of this process and of the children that ended."""

    def rss_bytes(self) -> float:
        """Give the resident memory."""

    def private_bytes(self) -> float | None:
        """Give what of it no other process shares, where that is what people see and the limit is meant for."""


class OwnUsage:
    """The cost of this process, through psutil and the clock of its processor time.

    `private`: whether the system's own tools count private memory, as Windows' Task Manager does.
    """

    def __init__(self, psutil: Any, *, private: bool = False) -> None:
        self._process = psutil.Process()
        self._private = private
        self._refusals = refusals(psutil)

    def cpu_seconds(self) -> float:
        """Give the processor time used so far, of this process and of the children that ended."""
        times = self._process.cpu_times()
        return time.process_time() + float(times.children_user + times.children_system)

    def rss_bytes(self) -> float:
        """Give the resident memory."""
        return float(self._process.memory_info().rss)

    def private_bytes(self) -> float | None:
        """Give what of it no other process shares."""
        if not self._private:
            return None
        try:
            return float(self._process.memory_full_info().uss)
        except self._refusals:
            return None


class Counts(Protocol):
    """What else the agent counts about itself, gathered when it is told."""

    def __call__(self) -> Iterator[Sample]:
        """Give the samples."""


def build_info() -> Sample:
    """Give the sample of what runs here."""
    return BUILD.sample(1, traybeat.__version__, platform.python_version(), sqlite3.sqlite_version)


def healthy(health: Health, now: float, stretch: float) -> bool:
    """Say whether a collector is well: it neither fails in a row nor hangs."""
    return not health.failing and not health.stuck(now, stretch)


class Monitor:
    """The service that watches the agent, tells `agent_*` and sets the pace.

    `tidy` hands memory that is free back to the system: once the start is over, then every ten minutes. `slept` gives
    for how long the machine has slept in all, `woken` is called after each sleep, `uptime` gives for how long the
    machine has been up.
    """

    name = "monitor"

    def __init__(
        self,
        clock: Clock,
        usage: Usage,
        emit: Callable[[Batch], None],
        wards: Wards,
        latest: Latest,
        pace: Pace,
        counts: Counts,
        tidy: Callable[[], None],
        slept: Callable[[], float] = lambda: 0.0,
        woken: Callable[[], None] = lambda: None,
        uptime: Callable[[], float] | None = None,
    ) -> None:
        self._clock = clock
        self._usage = usage
        self._emit = emit
        self._wards = wards
        self._latest = latest
        self._pace = pace
        self._counts = counts
        self._tidy = tidy
        self._slept = slept
        self._woken = woken
        self._uptime = uptime
        self._slept_then = slept()
        self._asleep = 0.0
        self._tidied = clock.monotonic() - TIDY_SECONDS + FIRST_TIDY_SECONDS
        self._then: tuple[float, float] | None = None
        self._build = build_info()
        self._gaps = 0
        self._unwell: frozenset[str] = frozenset()
        self._announced: Counter[str] = Counter()

    def check(self, new: Settings) -> tuple[Fault, ...]:  # noqa: ARG002 (any limits will do)
        """Agree to any limits."""
        return ()

    def apply(self, old: Settings, new: Settings) -> None:  # noqa: ARG002 (the new limits replace the old)
        """Take new limits on."""
        self._pace.limits = new.limits

    def run(self, stop: Stop) -> None:
        """Look every few seconds."""
        self.tick()
        while not stop.wait(SECONDS):
            self.tick()

    def announced(self, *, asleep: bool) -> None:
        """Note that the system is about to sleep, or that it has woken; how long it slept, the clocks tell."""
        self._announced["suspend" if asleep else "resume"] += 1
        log.info("the system is about to sleep" if asleep else "the system woke", extra=fields(part="monitor"))

    def tick(self) -> None:
        """Look once, and tell."""
        sleep = self._sleep()
        now, cpu, rss = self._clock.monotonic(), self._usage.cpu_seconds(), self._usage.rss_bytes()
        ratio, private = self._ratio(now, cpu), self._usage.private_bytes()
        if ratio is not None:
            self._weigh(Cost(now, ratio * 100, (rss if private is None else private) / 1e6))
        self._pace.discharging = self._on_battery()
        self._retire(now)
        if now - self._tidied >= TIDY_SECONDS:
            self._tidied = now
            self._tidy()
        samples = [*self._own(ratio, rss, private, sleep), *self._collectors(now), *self._counts()]
        self._emit(Batch("agent", self._clock.wall(), tuple(samples), self._clock.monotonic() - now))

    def _sleep(self) -> float | None:
        """Notice a sleep by the clocks: the sum of all sleeps has grown since the last look."""
        slept = self._slept()
        asleep, self._slept_then = slept - self._slept_then, slept
        if asleep < LEAST_SLEEP_SECONDS:
            return None
        self._asleep += asleep
        log.info("the machine slept", extra=fields(part="monitor", seconds=round(asleep)))
        self._woken()
        return asleep

    def _ratio(self, now: float, cpu: float) -> float | None:
        before, self._then = self._then, (now, cpu)
        if before is None or now <= before[0]:
            return None
        if now - before[0] > ASLEEP_SECONDS:
            self._gaps += 1
            log.info("nothing was seen for a while", extra=fields(part="monitor", seconds=round(now - before[0])))
            return None
        return (cpu - before[1]) / (now - before[0])

    def _on_battery(self) -> bool:
        battery = self._latest.snapshot().get("battery")
        found = () if battery is None else battery.samples
        return any(one.metric.name == DISCHARGING and one.value == 1 for one in found)

    def _weigh(self, cost: Cost) -> None:
        change = self._pace.weigh(cost)
        if change == "slower":
            self._tidy()
            log.warning(
                "over its own limits, collecting less often",
                extra=fields(
                    part="limits",
                    kind=self._pace.stretch,
                    stretch=self._pace.stretch,
                    cpu_percent=round(cost.cpu_percent, 2),
                    memory_mb=round(cost.memory_mb, 1),
                ),
            )
        elif change == "faster":
            log.info("within its own limits again", extra=fields(part="limits", stretch=self._pace.stretch))

    def _retire(self, now: float) -> None:
        unwell = frozenset(one.collector for one in self._wards.all() if not healthy(one, now, self._pace.stretch))
        for name in unwell:
            self._latest.drop(name)
        for name in unwell - self._unwell:
            health = self._wards.get(name)
            reason = (health.last_error if health and health.failing else None) or "it does not come back"
            log.warning("collector unhealthy", extra=fields(part=name, reason=reason))
        for name in self._unwell - unwell:
            log.info("collector healthy again", extra=fields(part=name))
        self._unwell = unwell

    def _own(self, ratio: float | None, rss: float, private: float | None, sleep: float | None) -> Iterator[Sample]:
        if ratio is not None:
            yield CPU.sample(ratio)
        yield RSS.sample(rss)
        if private is not None:
            yield PRIVATE.sample(private)
        yield self._build
        yield STRETCH.sample(self._pace.stretch)
        yield GAPS.sample(self._gaps)
        yield ASLEEP.sample(self._asleep)
        if sleep is not None:
            yield SLEEP.sample(sleep)
        if self._uptime is not None:
            yield START.sample(self._uptime())
            self._uptime = None
        for event, count in self._announced.items():
            yield POWER.sample(count, event)

    def _collectors(self, now: float) -> Iterator[Sample]:
        for one in self._wards.all():
            if one.last_success is not None:
                yield SUCCESS.sample(one.last_success, one.collector)
            if one.duration is not None:
                yield DURATION.sample(one.duration, one.collector)
            yield ERRORS.sample(one.errors, one.collector)
            yield STATUS.sample(float(healthy(one, now, self._pace.stretch)), one.collector)
            for reason, count in one.dropped.items():
                yield DROPPED.sample(count, one.collector, reason)
