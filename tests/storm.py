"""A storm of alerts, in a process that can be killed: python storm.py DIRECTORY MAIL-PORT HOOK-PORT SERIES BEGAN.

From the Unix time BEGAN on, one more series is high every 10 ms, up to SERIES. Everything is real but the collector.
"""

import os
import random
import sys
import time
from pathlib import Path

from traybeat.alerts.bundle import Cap
from traybeat.alerts.journal import Journal
from traybeat.alerts.outbox import Outbox
from traybeat.alerts.past import nothing
from traybeat.alerts.records import Records
from traybeat.alerts.rulebook import Rulebook
from traybeat.alerts.rules import Known
from traybeat.alerts.silence import Silence, Snoozes
from traybeat.channels import registry
from traybeat.channels.email import Options as Email
from traybeat.channels.registry import Outfit
from traybeat.channels.webhook import Options as Webhook
from traybeat.engine.alerting import Alerting
from traybeat.engine.notifier import Notifier
from traybeat.engine.pump import Pump
from traybeat.engine.supervisor import Supervisor
from traybeat.host.clock import SystemClock
from traybeat.host.connectivity import online
from traybeat.host.secrets import EnvironmentSecrets
from traybeat.model.metric import Batch, gauge
from traybeat.model.settings import Alerts, Settings

APART_SECONDS = 0.01
RULES = "- {id: wet, metric: storm_level, operator: '>', threshold: 0.5, channels: [email, webhook]}\n"
LEVEL = gauge("storm_level", "", "How wet it is.", "place")


def main(directory: Path, mail_port: int, hook_port: int, series: int, began: float) -> None:
    """Storm until killed."""
    rules = directory / "rules.yaml"
    if not rules.exists():
        rules.write_text(RULES, "utf-8")
    settings = Settings(
        alerts=Alerts(group_seconds=0.02),
        channels={
            "email": Email("127.0.0.1", mail_port, "none", None, None, "storm@example.org", ("ann@example.org",)),
            "webhook": Webhook(f"http://127.0.0.1:{hook_port}/", allow_loopback=True),
        },
    )
    clock, supervisor = SystemClock(), Supervisor()
    journal = Journal(directory / "journal.db", clock.wall)
    silence = Silence(Snoozes(journal))
    outbox = Outbox(journal, silence, "box", Cap(10**9))
    outfit = Outfit(EnvironmentSecrets(os.environ), "box")
    notifier = Notifier(registry.discover(), outfit, outbox, supervisor, clock, online, random.random)
    records = Records(journal, "box", notifier.names)
    rulebook = Rulebook(rules, Known(), clock.wall)
    rulebook.load()
    notifier.apply(Settings(), settings)
    alerting = Alerting(
        rulebook, journal, records, silence, clock, lambda source: 0.05, notifier.wake, nothing, settings
    )
    pump = Pump([alerting])
    supervisor.start(alerting)
    supervisor.start(pump)
    while True:
        high = min(series, int((time.time() - began) / APART_SECONDS))
        samples = tuple(LEVEL.sample(float(place < high), str(place)) for place in range(series))
        pump.emit(Batch("storm", time.time(), samples, 0.0))
        time.sleep(0.01)


if __name__ == "__main__":
    where, mail, hook, many, start = sys.argv[1:]
    main(Path(where), int(mail), int(hook), int(many), float(start))
