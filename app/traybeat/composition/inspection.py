"""What settings and rules may say, and what is wrong with them, without starting anything."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace

from traybeat.alerts import rules
from traybeat.alerts.rules import Known
from traybeat.alerts.silence import quiet_hours_faults
from traybeat.api.api import faults as api_faults
from traybeat.channels import registry as channels
from traybeat.collectors.registry import discover
from traybeat.engine import monitor, notifier
from traybeat.exporter.exporter import faults
from traybeat.host.paths import Paths
from traybeat.host.vault import open_vault
from traybeat.model.errors import Fault, WrongSettingsError
from traybeat.model.metric import Metric
from traybeat.model.service import Secrets
from traybeat.model.settings import Settings
from traybeat.settings.loader import read
from traybeat.settings.tree import Schema
from traybeat.store.history import faults as history_faults
from traybeat.updates.edition import faults as update_faults


def schema() -> Schema:
    """Build the settings' schema, the collectors' and the channels' own options included."""
    return Schema({one.name: one.options for one in discover()}, {one.name: one.options for one in channels.discover()})


def known() -> Known:
    """Name what rules may name: the metrics that are recorded, and the channels."""
    metrics = [metric for one in discover() for metric in one.metrics] + list(monitor.METRICS)
    return Known({metric.name for metric in metrics}, {one.name for one in channels.discover()})


def families() -> Mapping[str, Sequence[Metric]]:
    """Give the metrics that are recorded, by their collector."""
    found = {one.name: [metric for metric in one.metrics if metric.precision is not None] for one in discover()}
    return {**found, "agent": [metric for metric in monitor.METRICS if metric.precision is not None]}


def examine(paths: Paths) -> tuple[Settings, tuple[Fault, ...]]:
    """Check the settings file as a start would, starting and writing nothing; settings with faults are the defaults."""
    try:
        loaded = read(paths.settings, os.environ, schema())
    except WrongSettingsError as wrong:
        return Settings(), wrong.faults
    found = beyond_types(loaded.settings, open_vault(paths.secret_names, os.environ))
    return loaded.settings, (*found, *rule_faults(paths))


def rule_faults(paths: Paths) -> tuple[Fault, ...]:
    """Check the rules file, where there is one."""
    try:
        rules.read(paths.rules.read_bytes(), known())
    except FileNotFoundError:
        return ()
    except OSError as error:
        return (Fault(str(paths.rules), f"no way to read it ({error.strerror})", "a file that Traybeat may read"),)
    except WrongSettingsError as wrong:
        return tuple(replace(fault, path=f"{paths.rules.name}: {fault.path}") for fault in wrong.faults)
    return ()


def beyond_types(settings: Settings, secrets: Secrets) -> tuple[Fault, ...]:
    """Find what the parts can't live with in settings whose values are right one by one."""
    return (
        *faults(settings.exporter, secrets),
        *history_faults(settings.history),
        *api_faults(settings, secrets),
        *notifier.faults(channels.discover(), settings),
        *update_faults(settings.updates),
        *(replace(one, path=f"alerts.{one.path}") for one in quiet_hours_faults(settings.alerts.quiet_hours)),
    )
