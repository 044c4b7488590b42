"""The settings tree: frozen, typed, described where it is declared.

A text in an `Annotated` is the setting's description; it becomes the comment in the default file and the line in
docs/settings.md. A `Range` bounds a number.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Range:
    """A number's bounds, both included."""

    least: float
    most: float


@dataclass(frozen=True, slots=True)
class SecretRef:
    """The name under which a secret is kept; written `{secret: NAME}`."""

    secret: str


Interval: TypeAlias = Annotated[float, "Seconds from one collection to the next", Range(0.5, 3600)]


@dataclass(frozen=True, slots=True)
class CollectorOptions:
    """What every collector can be told; a collector's own options extend this."""

    enabled: Annotated[bool, "Whether to collect this at all"] = True
    interval_seconds: Interval = 2


@dataclass(frozen=True, slots=True)
class Tls:
    """A certificate and its key."""

    certificate: Annotated[str | None, "Path of the certificate, with its chain (PEM)"] = None
    key: Annotated[str | None, "Path of the certificate's private key (PEM)"] = None


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a scraper must present: basic (username and password), bearer (token), or either."""

    username: Annotated[str | None, "User name for basic authentication"] = None
    password: Annotated[SecretRef | None, "Password for basic authentication, as {secret: NAME}"] = None
    token: Annotated[SecretRef | None, "Token for bearer authentication, as {secret: NAME}"] = None

    @property
    def required(self) -> bool:
        """Whether anything must be presented at all."""
        return self.username is not None or self.password is not None or self.token is not None


@dataclass(frozen=True, slots=True)
class Exporter:
    """The listener that Prometheus scrapes."""

    enabled: Annotated[bool, "Whether to serve /metrics"] = True
    address: Annotated[str, "IP address to listen on; beyond this machine needs credentials or allow_anonymous"] = (
        "127.0.0.1"
    )
    port: Annotated[int, "TCP port to listen on", Range(1, 65535)] = 9100
    hosts: Annotated[
        tuple[str, ...], "Names by which this machine may be scraped, besides its own name and addresses"
    ] = ()
    tls: Annotated[Tls, "HTTPS, when both are set"] = field(default_factory=Tls)
    credentials: Annotated[Credentials, "What a scraper must present"] = field(default_factory=Credentials)
    allow_anonymous: Annotated[bool, "Allow scrapes from the network without credentials"] = False


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The listener of the dashboard and the API."""

    enabled: Annotated[bool, "Whether to serve the dashboard and the API"] = True
    address: Annotated[str, "IP address to listen on; beyond this machine needs tls or allow_unencrypted"] = "127.0.0.1"
    port: Annotated[int, "TCP port to listen on", Range(1, 65535)] = 9180
    hosts: Annotated[
        tuple[str, ...], "Names by which this machine may be asked, besides its own name and addresses"
    ] = ()
    origins: Annotated[
        tuple[str, ...], "Origins of other sites whose pages may use the API, such as https://wall.example.org"
    ] = ()
    tls: Annotated[Tls, "HTTPS, when both are set"] = field(default_factory=Tls)
    allow_unencrypted: Annotated[bool, "Allow keys and readings to cross the network without encryption"] = False


@dataclass(frozen=True, slots=True)
class Api:
    """What the API grants."""

    requests_per_hour: Annotated[int, "Requests that each key may make in an hour", Range(1, 10_000_000)] = 1000
    cache_seconds: Annotated[float, "Seconds for which answers about the past are kept", Range(0, 86_400)] = 300
    redis_url: Annotated[
        str | None, "A Redis that keeps answers and counts requests for several agents: redis://host:6379/0"
    ] = None
    redis_password: Annotated[SecretRef | None, "The Redis' password, as {secret: NAME}"] = None
    trusted_proxies: Annotated[
        tuple[str, ...], "Addresses of proxies whose X-Forwarded-For is believed, such as 10.0.0.2 or 10.0.0.0/24"
    ] = ()


@dataclass(frozen=True, slots=True)
class History:
    """How long what was measured is kept, and how finely."""

    raw_hours: Annotated[float, "Hours for which every sample is kept", Range(1, 168)] = 24
    minute_days: Annotated[
        float, "Days for which averages, minima and maxima per minute are kept, and the top processes", Range(1, 90)
    ] = 7
    ten_minute_days: Annotated[float, "Days for which those per ten minutes are kept", Range(1, 400)] = 30


@dataclass(frozen=True, slots=True)
class QuietHours:
    """The part of the day in which lesser alerts wait."""

    start: Annotated[str | None, "When they begin, by the clock on the wall: 22:00"] = None
    end: Annotated[str | None, "When they end: 07:00"] = None
    minimum_severity: Annotated[Literal["info", "warning", "critical"], "What is told even then"] = "critical"


@dataclass(frozen=True, slots=True)
class Alerts:
    """How alerts are told."""

    group_seconds: Annotated[
        float, "Seconds to wait for further alerts, so that one message tells of all", Range(0, 600)
    ] = 10
    quiet_hours: Annotated[QuietHours, "Hours in which lesser alerts wait; both ends set, or none"] = field(
        default_factory=QuietHours
    )
    history_days: Annotated[float, "Days for which past alerts are kept", Range(1, 3650)] = 365


@dataclass(frozen=True, slots=True)
class ChannelOptions:
    """What a channel can be told; a channel's own options extend this."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the agent itself may use; over it for a minute, it warns and collects less often."""

    cpu_percent: Annotated[float, "Percent of one core", Range(0.1, 100)] = 2
    memory_mb: Annotated[float, "Megabytes (10^6 bytes) of resident memory", Range(20, 4096)] = 50
    battery_stretch: Annotated[
        int, "By what intervals are longer while the machine runs on battery; 1 leaves them", Range(1, 10)
    ] = 1


@dataclass(frozen=True, slots=True)
class Appearance:
    """How Traybeat looks and speaks."""

    language: Annotated[Literal["system", "en", "ko"], "Language of the window and the tray"] = "system"
    theme: Annotated[Literal["system", "light", "dark"], "Colours of the window"] = "system"
    tray: Annotated[
        Literal["status", "cpu", "cpu-memory", "number", "sparkline"],
        "What the tray's icon shows: status, processor, processor and memory, percent of it, or its last minute",
    ] = "status"


@dataclass(frozen=True, slots=True)
class Updates:
    """Whether to be told of newer versions; none is ever installed."""

    check: Annotated[bool, "Ask once a day whether there is a newer version"] = False
    manifest: Annotated[
        str | None, "Where to ask instead of the project: https address of a signed manifest of your own"
    ] = None
    public_key: Annotated[str | None, "The Ed25519 key that signs that manifest: 32 bytes in base64"] = None


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole tree."""

    collectors: Annotated[Mapping[str, CollectorOptions], "What is collected, and how often"] = field(
        default_factory=dict
    )
    exporter: Annotated[Exporter, "The listener that Prometheus scrapes"] = field(default_factory=Exporter)
    dashboard: Annotated[Dashboard, "The listener of the dashboard and the API"] = field(default_factory=Dashboard)
    api: Annotated[Api, "What the API grants"] = field(default_factory=Api)
    history: Annotated[History, "How long what was measured is kept"] = field(default_factory=History)
    alerts: Annotated[Alerts, "How alerts are told; what is watched stands in rules.yaml"] = field(
        default_factory=Alerts
    )
    channels: Annotated[Mapping[str, ChannelOptions], "Where alerts are told"] = field(default_factory=dict)
    limits: Annotated[Limits, "What Traybeat itself may use"] = field(default_factory=Limits)
    appearance: Annotated[Appearance, "How Traybeat looks and speaks"] = field(default_factory=Appearance)
    updates: Annotated[Updates, "Whether to be told of newer versions; none is ever installed"] = field(
        default_factory=Updates
    )
