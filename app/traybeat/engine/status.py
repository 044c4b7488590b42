"""The state of everything, as one value: what `traybeat status` shows."""

import platform
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

import traybeat
from traybeat.collectors.network import totals
from traybeat.engine.health import Wards
from traybeat.engine.latest import Latest
from traybeat.engine.monitor import healthy
from traybeat.engine.pace import Pace
from traybeat.engine.site import SiteState
from traybeat.engine.updates import UpdateState
from traybeat.model.metric import Batch
from traybeat.model.service import Clock


class Filesystem(msgspec.Struct, frozen=True):
    """A file system's sizes in bytes; none while it does not answer."""

    mountpoint: str
    size: float | None
    used: float | None
    used_ratio: float | None
    stale: bool


class Named(msgspec.Struct, frozen=True):
    """A value with the name of what it belongs to."""

    name: str
    value: float


class Top(msgspec.Struct, frozen=True):
    """One of the top processes; `cpu_ratio` is of the whole machine."""

    pid: int
    name: str
    user: str
    cpu_ratio: float
    memory_bytes: float


class Readings(msgspec.Struct, frozen=True):
    """The newest readings, in the metrics' units; None where this machine does not tell, or not yet."""

    cpu_busy_ratio: float | None
    cores: int
    frequency_hertz: float | None
    load: tuple[float, ...]
    memory_total_bytes: float | None
    memory_used_bytes: float | None
    memory_used_ratio: float | None
    swap_total_bytes: float | None
    swap_used_ratio: float | None
    filesystems: tuple[Filesystem, ...]
    disk_read_bytes_per_second: float | None
    disk_written_bytes_per_second: float | None
    network_receive_bytes_per_second: float | None
    network_transmit_bytes_per_second: float | None
    connections_established: float | None
    process_count: float | None
    temperatures: tuple[Named, ...]
    fans: tuple[Named, ...]
    battery_charge_ratio: float | None
    battery_discharging: bool | None
    battery_remaining_seconds: float | None
    top: tuple[Top, ...]


class CollectorState(msgspec.Struct, frozen=True):
    """How a collector fares: `healthy`, `unhealthy`, or `no data` where this machine has none."""

    name: str
    state: str
    interval_seconds: float
    last_success: float | None
    duration_seconds: float | None
    errors: int
    last_error: str | None


class ListenerState(msgspec.Struct, frozen=True):
    """How an HTTP listener is: `listening`, `waiting`, `starting` or `off`."""

    name: str
    state: str
    url: str | None
    problem: str | None
    last_request: float | None


class SettingsState(msgspec.Struct, frozen=True):
    """Which settings are in force; `faults` are those of an edit that was not taken on."""

    path: str
    loaded_at: float
    overridden: tuple[str, ...]
    faults: tuple[str, ...]
    notice: str | None


class HistoryState(msgspec.Struct, frozen=True):
    """How history is: whether it reaches the disk, else why not; sizes in bytes, `committed` in Unix seconds."""

    path: str
    on_disk: bool
    trouble: str | None
    committed: float | None
    disk_bytes: int
    memory_bytes: int
    series: int


class ActiveAlert(msgspec.Struct, frozen=True):
    """An alert that fires, or is not known to have ended (`unknown`)."""

    id: str
    rule: str
    name: str
    severity: str
    state: str
    since: float
    text: str


class Channel(msgspec.Struct, frozen=True):
    """How a channel fares: messages on their way, told, given up; `trouble` is the last attempt's, if it failed."""

    name: str
    sending: int
    sent: int
    dead: int
    trouble: str | None


class AlertsState(msgspec.Struct, frozen=True):
    """The rules in force, what is active, and how it is told; `faults` are those of an edit that was not taken on."""

    path: str
    rules: int
    faults: tuple[str, ...]
    notices: tuple[str, ...]
    active: tuple[ActiveAlert, ...]
    channels: tuple[Channel, ...]


class OwnCost(msgspec.Struct, frozen=True):
    """What Traybeat itself uses: of one core, and of memory; `stretch` is by what intervals are stretched."""

    cpu_ratio: float | None
    memory_bytes: float | None
    stretch: int


class Status(msgspec.Struct, frozen=True):
    """Everything at once. Times are Unix seconds."""

    version: str
    host: str
    system: str
    pid: int
    time: float
    started: float
    boot_time: float | None
    readings: Readings
    collectors: tuple[CollectorState, ...]
    listeners: tuple[ListenerState, ...]
    settings: SettingsState
    history: HistoryState
    alerts: AlertsState
    cost: OwnCost
    update: UpdateState
    notices: tuple[str, ...]


class Values:
    """Looks values up in the newest batches."""

    def __init__(self, batches: Mapping[str, Batch]) -> None:
        self._series: dict[str, dict[tuple[str, ...], float]] = {}
        for batch in batches.values():
            for metric, labels, value in batch.samples:
                self._series.setdefault(metric.name, {})[labels] = value

    def one(self, name: str, *labels: str) -> float | None:
        """Give one series' value."""
        return self._series.get(name, {}).get(labels)

    def series(self, name: str) -> Mapping[tuple[str, ...], float]:
        """Give all values of a metric by their labels."""
        return self._series.get(name, {})

    def total(self, name: str) -> float | None:
        """Sum a metric over its series; None where there is none."""
        found = self._series.get(name)
        return sum(found.values()) if found else None


def readings(batches: Mapping[str, Batch]) -> Readings:
    """Pick what a person wants to see from the newest batches."""
    values = Values(batches)
    discharging = values.one("system_battery_discharging")
    receive, transmit = totals(batches["network"].samples) if "network" in batches else (None, None)
    processes = batches["process"].processes if "process" in batches else ()
    return Readings(
        cpu_busy_ratio=values.one("system_cpu_busy_ratio"),
        cores=len({cpu for cpu, _ in values.series("node_cpu_seconds_total")}),
        frequency_hertz=values.one("system_cpu_frequency_hertz"),
        load=tuple(load for m in (1, 5, 15) if (load := values.one(f"system_load{m}")) is not None),
        memory_total_bytes=values.one("system_memory_total_bytes"),
        memory_used_bytes=values.one("system_memory_used_bytes"),
        memory_used_ratio=values.one("system_memory_used_ratio"),
        swap_total_bytes=values.one("system_swap_total_bytes"),
        swap_used_ratio=values.one("system_swap_used_ratio"),
        filesystems=tuple(_filesystems(values)),
        disk_read_bytes_per_second=values.total("system_disk_read_bytes_per_second"),
        disk_written_bytes_per_second=values.total("system_disk_written_bytes_per_second"),
        network_receive_bytes_per_second=receive,
        network_transmit_bytes_per_second=transmit,
        connections_established=values.one("system_network_connections", "established"),
        process_count=values.one("system_process_count"),
        temperatures=_named(values, "system_temperature_celsius"),
        fans=_named(values, "system_fan_rpm"),
        battery_charge_ratio=values.one("system_battery_charge_ratio"),
        battery_discharging=None if discharging is None else bool(discharging),
        battery_remaining_seconds=values.one("system_battery_remaining_seconds"),
        top=tuple(Top(*process) for process in processes),
    )


def _filesystems(values: Values) -> Iterable[Filesystem]:
    sizes = values.series("system_filesystem_size_bytes")
    for labels, size in sorted(sizes.items()):
        used = values.one("system_filesystem_used_bytes", *labels)
        yield Filesystem(labels[0], size, used, values.one("system_filesystem_used_ratio", *labels), stale=False)
    for (_, _, mountpoint), error in sorted(values.series("node_filesystem_device_error").items()):
        if error:
            yield Filesystem(mountpoint, None, None, None, stale=True)


def _named(values: Values, metric: str) -> tuple[Named, ...]:
    return tuple(Named(" ".join(labels), value) for labels, value in sorted(values.series(metric).items()))


class Reporter:
    """Makes the status of the running program."""

    def __init__(
        self,
        clock: Clock,
        latest: Latest,
        wards: Wards,
        pace: Pace,
        sites: Callable[[], Sequence[tuple[SiteState, float | None]]],
        settings: Callable[[], SettingsState],
        history: Callable[[], HistoryState],
        alerts: Callable[[], AlertsState],
        update: Callable[[], UpdateState],
        notices: Callable[[], Sequence[str]],
        pid: int,
    ) -> None:
        self._clock = clock
        self._latest = latest
        self._wards = wards
        self._pace = pace
        self._sites = sites
        self._settings = settings
        self._history = history
        self._alerts = alerts
        self._update = update
        self._notices = notices
        self._pid = pid
        self._started = clock.wall()

    def status(self) -> Status:
        """Give the state as of now."""
        batches = self._latest.snapshot()
        values = Values(batches)
        system = platform.uname()
        return Status(
            version=traybeat.__version__,
            host=system.node,
            system=f"{system.system} {system.release}",
            pid=self._pid,
            time=self._clock.wall(),
            started=self._started,
            boot_time=values.one("node_boot_time_seconds"),
            readings=readings(batches),
            collectors=self._collectors(),
            listeners=tuple(
                ListenerState(state.name, state.condition.value, state.url, state.problem, asked)
                for state, asked in self._sites()
            ),
            settings=self._settings(),
            history=self._history(),
            alerts=self._alerts(),
            cost=OwnCost(values.one("agent_cpu_usage_ratio"), values.one("agent_memory_rss_bytes"), self._pace.stretch),
            update=self._update(),
            notices=tuple(self._notices()),
        )

    def encoded(self) -> bytes:
        """Give the state as JSON."""
        return msgspec.json.encode(self.status())

    def _collectors(self) -> tuple[CollectorState, ...]:
        now = self._clock.monotonic()
        return tuple(
            CollectorState(
                name=one.collector,
                state=(
                    "no data" if one.no_data else "healthy" if healthy(one, now, self._pace.stretch) else "unhealthy"
                ),
                interval_seconds=one.interval * self._pace.stretch,
                last_success=one.last_success,
                duration_seconds=one.duration,
                errors=one.errors,
                last_error=one.last_error,
            )
            for one in self._wards.all()
        )
