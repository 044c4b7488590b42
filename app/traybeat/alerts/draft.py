"""A rule that came as plain values: understood as the file's are."""

from dataclasses import replace

from traybeat.alerts.rules import Known, understand
from traybeat.host.document import Document
from traybeat.host.scalars import Plain
from traybeat.model.alert import Rule
from traybeat.model.errors import WrongSettingsError


def draft(values: Plain, known: Known) -> Rule:
    """Read one rule; raises WrongSettingsError with every fault, its paths without the rule's own name."""
    rules, faults = understand(Document([values]), known)
    if faults:
        raise WrongSettingsError(tuple(replace(fault, path=_within(fault.path)) for fault in faults))
    return rules[0]


def _within(path: str) -> str:
    """Give the part of a fault's path that lies within the rule."""
    return path.partition(".")[2] or path
