"""Everything between a rule and a message."""

import os
import random
import socket
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from traybeat.alerts.history import AlertHistory
from traybeat.alerts.journal import Journal
from traybeat.alerts.outbox import Outbox
from traybeat.alerts.records import Records
from traybeat.alerts.rulebook import Rulebook
from traybeat.alerts.silence import Silence, Snoozes
from traybeat.channels import registry as channels
from traybeat.composition.inspection import known
from traybeat.engine import monitor, notifier
from traybeat.engine.alerting import Alerting
from traybeat.engine.pace import Pace
from traybeat.engine.recollection import Recollection
from traybeat.engine.status import ActiveAlert, AlertsState, Channel
from traybeat.engine.supervisor import Supervisor
from traybeat.host.connectivity import online
from traybeat.host.paths import Paths
from traybeat.model.metric import Sample
from traybeat.model.service import Clock, Secrets
from traybeat.model.settings import Settings
from traybeat.store.reader import Reader

if TYPE_CHECKING:
    from traybeat.tray.glance import Alert as TrayAlert


class Alarm:
    """Everything between a rule and a message, put together; raises WrongSettingsError."""

    def __init__(
        self,
        paths: Paths,
        clock: Clock,
        settings: Settings,
        secrets: Secrets,
        supervisor: Supervisor,
        reader: Reader,
        pace: Pace,
    ) -> None:
        self._settings, self._supervisor, self._clock = settings, supervisor, clock
        self.journal = self._journal = Journal(paths.journal, clock.wall)
        self.changed: Callable[[], None] = lambda: None
        host = socket.gethostname()
        self.snoozes = Snoozes(self._journal)
        self.silence = silence = Silence(self.snoozes)
        outbox = Outbox(self._journal, silence, host)
        self.notifier = notifier.Notifier(
            channels.discover(),
            channels.Outfit(secrets, host, os.environ),
            outbox,
            supervisor,
            clock,
            online,
            random.random,
        )
        self.rulebook = self._rulebook = Rulebook(paths.rules, known(), clock.wall)
        self._rulebook.load()
        records = Records(self._journal, host, self.notifier.names)
        intervals = {name: one.interval_seconds for name, one in settings.collectors.items()}
        self.alerting = Alerting(
            self._rulebook,
            self._journal,
            records,
            silence,
            clock,
            lambda source: intervals.get(source, monitor.SECONDS) * pace.stretch,
            self._news,
            Recollection(reader),
            settings,
        )
        self._incidents = AlertHistory(self._journal)

    @property
    def problem(self) -> str | None:
        """Why past alerts and messages are kept in memory only, where they are."""
        return self._journal.problem

    def _news(self) -> None:
        self.notifier.wake()
        self.changed()

    def start(self) -> None:
        """Start the channels that are set up, then the evaluation."""
        self.notifier.apply(Settings(), self._settings)
        self._supervisor.start(self.alerting)

    def close(self) -> None:
        """Close the journal; nobody may work any more."""
        self._journal.close()

    def counts(self) -> Iterator[Sample]:
        """Count what is active, and the messages."""
        yield from self.alerting.counts()
        yield from self.notifier.counts()

    def severities(self) -> Mapping[str, int]:
        """Count the active alerts by severity."""
        return {labels[0]: int(value) for _, labels, value in self.alerting.counts()}

    def active(self) -> "tuple[TrayAlert, ...]":
        """Give what has not ended, for the tray."""
        from traybeat.tray.glance import Alert as TrayAlert

        return tuple(TrayAlert(one.id, one.name, one.severity, one.text) for one in self._incidents.active())

    def quieten(self) -> None:
        """Take a change of what is held back on."""
        self._news()

    def state(self) -> AlertsState:
        """Say how rules, alerts and channels are."""
        told = self._rulebook.state
        active = (
            ActiveAlert(one.id, one.rule, one.name, one.severity, one.state, one.triggered_at, one.text)
            for one in self._incidents.active()
        )
        notices = (told.notice, self._journal.problem, self._journal.notice)
        return AlertsState(
            path=told.path,
            rules=told.rules,
            faults=tuple(str(fault) for fault in told.faults),
            notices=tuple(notice for notice in notices if notice),
            active=tuple(active),
            channels=tuple(Channel(*one) for one in self.notifier.states()),
        )
