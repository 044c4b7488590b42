"""What the API's answers are made of."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from traybeat.alerts.journal import Journal
from traybeat.alerts.rulebook import Rulebook
from traybeat.alerts.rules import Known
from traybeat.alerts.silence import Silence, Snoozes
from traybeat.api.cache import Cache
from traybeat.api.guard import Doors
from traybeat.engine.alerting import Alerting
from traybeat.engine.feed import Feed
from traybeat.engine.latest import Latest
from traybeat.engine.notifier import Notifier
from traybeat.engine.status import Status
from traybeat.engine.welcome import Welcome
from traybeat.host.paths import Paths
from traybeat.model.metric import Metric
from traybeat.model.service import Clock, SecretStore
from traybeat.settings.live import LiveSettings
from traybeat.settings.tree import Schema
from traybeat.store.reader import Reader


class AlertParts(Protocol):
    """Everything between a rule and a message."""

    journal: Journal
    rulebook: Rulebook
    snoozes: Snoozes
    silence: Silence
    alerting: Alerting
    notifier: Notifier


@dataclass(frozen=True, slots=True)
class Answering:
    """The running program's parts, as far as somebody may ask for them. `families` are metrics by collector."""

    clock: Clock
    paths: Paths
    schema: Schema
    known: Known
    families: Mapping[str, Sequence[Metric]]
    status: Callable[[], Status]
    parts: Callable[[], Mapping[str, str]]
    live: LiveSettings
    latest: Latest
    reader: Reader
    alarm: AlertParts
    vault: SecretStore
    doors: Doors
    cache: Cache
    feed: Feed
    welcome: Callable[[], Welcome]
