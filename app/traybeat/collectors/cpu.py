"""Processors: what they do, how much work waits, and the kernel's own counters."""

import os
import platform
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from traybeat.collectors.registry import Registration
from traybeat.host.machine import Machine
from traybeat.model.metric import Collection, Metric, Sample, counter, gauge
from traybeat.model.rate import Rates, longest_gap
from traybeat.model.readings.cpu import CpuReading
from traybeat.model.settings import CollectorOptions
from traybeat.model.text import clean

USAGE = gauge("system_cpu_usage_ratio", "ratio", "Share of processor time spent in each mode.", "mode", precision=1e-4)
BUSY = gauge("system_cpu_busy_ratio", "ratio", "Share of processor time that was not idle.", precision=1e-4)
CORE_BUSY = gauge(
    "system_cpu_core_busy_ratio",
    "ratio",
    "Share of each core's time that was not idle.",
    "core",
    precision=1e-4,
)
LOADS = tuple(gauge(f"system_load{m}", "", f"Load average over {m} min.", precision=0.01) for m in (1, 5, 15))
FREQUENCY = gauge("system_cpu_frequency_hertz", "hertz", "Mean frequency of the cores.", precision=1_000_000)

NODE_SECONDS = counter("node_cpu_seconds_total", "seconds", "Seconds the CPUs spent in each mode.", "cpu", "mode")
NODE_GUEST = counter(
    "node_cpu_guest_seconds_total",
    "seconds",
    "Seconds the CPUs spent in guests (VMs) for each mode.",
    "cpu",
    "mode",
)
NODE_SCALING = gauge(
    "node_cpu_scaling_frequency_hertz", "hertz", "Current scaled CPU thread frequency in hertz.", "cpu"
)
NODE_LOADS = tuple(gauge(f"node_load{m}", "", f"{m}m load average.") for m in (1, 5, 15))
NODE_UNAME = gauge(
    "node_uname_info",
    "",
    "Labeled system information as provided by the uname system call.",
    *("sysname", "release", "version", "machine", "nodename", "domainname"),
)
_COUNTS: tuple[tuple[Metric, Callable[[CpuReading], float | None]], ...] = (
    (gauge("node_boot_time_seconds", "seconds", "Node boot time, in unixtime."), lambda r: r.boot_time),
    (
        counter("node_context_switches_total", "", "Total number of context switches."),
        lambda r: r.context_switches,
    ),
    (counter("node_intr_total", "", "Total number of interrupts serviced."), lambda r: r.interrupts),
    (counter("node_forks_total", "", "Total number of forks."), lambda r: r.forks),
    (
        gauge("node_procs_running", "", "Number of processes in runnable state."),
        lambda r: r.processes_running,
    ),
    (
        gauge("node_procs_blocked", "", "Number of processes blocked waiting for I/O to complete."),
        lambda r: r.processes_blocked,
    ),
)

_IDLE = ("idle", "iowait")
_GUEST = {"guest": "user", "guest_nice": "nice"}


def shares(rates: Mapping[str, float]) -> dict[str, float]:
    """Turn the seconds per second spent in each mode into shares of their sum; empty where nothing was counted."""
    total = sum(rates.values())
    return {mode: rate / total for mode, rate in rates.items()} if total > 0 else {}


def busy(share: Mapping[str, float]) -> float:
    """Give the share that was neither idle nor waiting for input and output."""
    return max(1.0 - sum(share.get(mode, 0.0) for mode in _IDLE), 0.0)


def uname_labels(node: str) -> tuple[str, ...]:
    """Give this system's names in the order of NODE_UNAME's labels; no domain name means `(none)`, as in Linux."""
    name = platform.uname()
    domain = os.environ.get("USERDNSDOMAIN", "(none)")
    return tuple(clean(part) for part in (name.system, name.release, name.version, name.machine, node, domain))


class Cpu:
    """Collects processor time, load, frequency and the kernel's counters."""

    name = "cpu"
    metrics = (
        *(
            USAGE,
            BUSY,
            CORE_BUSY,
            *LOADS,
            FREQUENCY,
            NODE_SECONDS,
            NODE_GUEST,
            NODE_SCALING,
            *NODE_LOADS,
            NODE_UNAME,
        ),
        *(metric for metric, _ in _COUNTS),
    )

    def __init__(self, machine: Machine, options: CollectorOptions) -> None:
        self.interval = options.interval_seconds
        self._source = machine.cpu
        self._clock = machine.clock
        self._rates: Rates[tuple[str, str]] = Rates(longest_gap(self.interval))
        self._uname = NODE_UNAME.sample(1, *uname_labels(machine.node))

    def collect(self) -> Collection:
        """Read the processors once; shares need a reading before."""
        reading = self._source.read()
        samples = [*self._usage(reading), *self._scalars(reading), *self._node(reading)]
        return Collection(tuple(samples))

    def _usage(self, reading: CpuReading) -> Iterator[Sample]:
        # A guest's time is contained in user's and nice's: counting it again would make the shares too small.
        own = {
            (core, mode): seconds
            for core, modes in reading.cores.items()
            for mode, seconds in modes.items()
            if mode not in _GUEST
        }
        modes: dict[str, float] = {}
        cores: dict[str, dict[str, float]] = {}
        for (core, mode), rate in self._rates(self._clock.monotonic(), own).items():
            modes[mode] = modes.get(mode, 0.0) + rate
            cores.setdefault(core, {})[mode] = rate
        if share := shares(modes):
            yield BUSY.sample(busy(share))
            yield from (USAGE.sample(part, mode) for mode, part in share.items())
        for core, rates in cores.items():
            if share := shares(rates):
                yield CORE_BUSY.sample(busy(share), core)

    def _scalars(self, reading: CpuReading) -> Iterator[Sample]:
        if reading.load is not None:
            yield from (metric.sample(value) for metric, value in zip(LOADS, reading.load, strict=True))
            yield from (metric.sample(value) for metric, value in zip(NODE_LOADS, reading.load, strict=True))
        if reading.frequency is not None:
            yield FREQUENCY.sample(reading.frequency)
        for metric, pick in _COUNTS:
            if (value := pick(reading)) is not None:
                yield metric.sample(value)

    def _node(self, reading: CpuReading) -> Iterator[Sample]:
        for core, modes in reading.cores.items():
            for mode, seconds in modes.items():
                if mode in _GUEST:
                    yield NODE_GUEST.sample(seconds, core, _GUEST[mode])
                else:
                    yield NODE_SECONDS.sample(seconds, core, mode)
        for core, hertz in (reading.core_frequencies or {}).items():
            yield NODE_SCALING.sample(hertz, core)
        yield self._uname


@dataclass(frozen=True, slots=True)
class Options(CollectorOptions):
    """The processor collector's section of the settings."""


REGISTRATION = Registration("cpu", Options, Cpu.metrics, Cpu)
