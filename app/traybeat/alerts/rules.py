"""rules.yaml: read to rules, or to every fault that it has."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple, cast

from traybeat.alerts.condition import FALLING, RISING
from traybeat.alerts.template import FIELDS, unknown_fields
from traybeat.host.document import WHOLE, Document, parse
from traybeat.host.form import Form, Path, Section, section
from traybeat.host.nearest import nearest
from traybeat.host.scalars import Plain, shown, sort
from traybeat.host.validation import MOST_FAULTS, Part
from traybeat.model.alert import Rule
from traybeat.model.errors import Fault, WrongSettingsError
from traybeat.model.selector import WrongSelectorError, matcher
from traybeat.model.text import clean

MOST_RULES = 2000
LONGEST_NAME = 100

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_METRIC = re.compile(r"[A-Za-z_:][A-Za-z0-9_:]*")
_LABEL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Metrics of these names are all declared; of others (node_...) some come and go with the machine.
_DECLARED = ("system_", "agent_")


class Known(NamedTuple):
    """What rules may name: declared metrics and channels. Where a collection is empty, any name will do."""

    metrics: Collection[str] = ()
    channels: Collection[str] = ()


class RuleForm(Form):
    """What one rule may hold."""

    @cached_property
    def root(self) -> Section:
        """The tree's root."""
        return section((), "", Rule("", ""))

    def build(self, values: Mapping[Path, object]) -> Rule:
        """Build a rule from the values that are given."""
        return cast("Rule", self.root.build(values))


class _Complaint(NamedTuple):
    """A fault of a rule whose values are each of the right kind."""

    path: tuple[str, ...]
    found: str
    expected: str
    near: str | None = None


def read(content: bytes, known: Known = Known()) -> tuple[Rule, ...]:  # noqa: B008 (immutable)
    """Read a rules file; raises WrongSettingsError with every fault, DamagedError where it is not even YAML."""
    document = parse(content)
    rules, faults = understand(document, known)
    if faults:
        raise WrongSettingsError(faults)
    return rules


def understand(document: Document, known: Known) -> tuple[tuple[Rule, ...], tuple[Fault, ...]]:
    """Give the rules in a document that have no fault, and the faults of the others, in the order of lines."""
    reading = _Reading(document, known)
    rules = tuple(reading.rules())
    told = sorted(reading.faults[:MOST_FAULTS], key=lambda fault: fault.line or 0)
    return rules, tuple(told)


class _Reading:
    def __init__(self, document: Document, known: Known) -> None:
        self._document = document
        self._known = known
        self._form = RuleForm()
        self._ids: dict[str, int] = {}
        self.faults = [
            Fault(f"rules{_path(one.path)}" if one.path else WHOLE, one.found, one.expected, line=one.line)
            for one in document.remarks
        ]

    def rules(self) -> Iterator[Rule]:
        values = self._document.values
        if values is None:
            return
        if not isinstance(values, list):
            self.faults.append(Fault(WHOLE, sort(values), "a list of rules, each beginning with `- id:`", line=1))
            return
        if len(values) > MOST_RULES:
            self.faults.append(Fault(WHOLE, f"{len(values)} rules", f"at most {MOST_RULES}"))
            return
        for number, value in enumerate(values):
            rule = self._rule(number, value)
            if rule is not None:
                yield rule

    def _rule(self, number: int, value: Plain) -> Rule | None:
        part = Part(self._document, self._form, (number,), _name(number, value))
        faults = list(part.faults(value))
        rule = self._form.build(part.values)
        if value is None or isinstance(value, dict):
            unread = {fault.path.partition(".")[2] for fault in faults}
            complaints = [one for one in self._complaints(rule, number) if ".".join(one.path) not in unread]
            faults += [part.fault(*one) for one in complaints]
        self.faults += faults
        return None if faults else rule

    def _complaints(self, rule: Rule, number: int) -> Iterator[_Complaint]:
        if rule.id in self._ids:
            yield _Complaint(("id",), f'"{rule.id}" again', f"an id of its own; rule {self._ids[rule.id] + 1} has this")
        elif rule.id:
            self._ids[rule.id] = number
        for look in _LOOKS:
            yield from look(rule, self._known)


def _name(number: int, value: Plain) -> str:
    """Name a rule in a fault: by its id where it has a usable one, else by its place."""
    given = value.get("id") if isinstance(value, dict) else None
    return given if isinstance(given, str) and _ID.fullmatch(given) else f"rules[{number}]"


def _path(path: Sequence[str | int]) -> str:
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)


def _naming(rule: Rule, known: Known) -> Iterator[_Complaint]:
    if not _ID.fullmatch(rule.id):
        found = shown(rule.id) if rule.id else "nothing"
        yield _Complaint(("id",), found, "up to 64 letters, digits, - and _")
    if len(rule.name) > LONGEST_NAME:
        yield _Complaint(("name",), f"{len(rule.name)} characters", f"at most {LONGEST_NAME}")
    if not _METRIC.fullmatch(rule.metric):
        found = shown(rule.metric) if rule.metric else "nothing"
        yield _Complaint(("metric",), found, "the name of a metric")
    elif known.metrics and rule.metric.startswith(_DECLARED) and rule.metric not in known.metrics:
        near = nearest(rule.metric, known.metrics)
        yield _Complaint(("metric",), shown(rule.metric), "a metric that Traybeat collects", near)


def _matching(rule: Rule, known: Known) -> Iterator[_Complaint]:  # noqa: ARG001 (all looks are called alike)
    for label, condition in rule.labels.items():
        if not _LABEL.fullmatch(label):
            yield _Complaint(("labels", label), shown(label), "the name of a label")
        try:
            matcher(label, condition)
        except WrongSelectorError as error:
            yield _Complaint(("labels", label), clean(str(error), 200), "one after the ~")


def _comparing(rule: Rule, known: Known) -> Iterator[_Complaint]:  # noqa: ARG001 (the same)
    if rule.absent:
        if rule.threshold is not None or rule.clear_threshold is not None:
            yield _Complaint(("threshold",), "a number beside absent: true", "none: there is nothing to compare")
        if rule.reduce.function != "last":
            yield _Complaint(("reduce", "function"), f"{rule.reduce.function} beside absent: true", "none")
        return
    if rule.threshold is None:
        yield _Complaint(("threshold",), "nothing", "a number to compare with")
        return
    clear = rule.clear_threshold
    if clear is None:
        return
    if rule.operator not in RISING | FALLING:
        yield _Complaint(("clear_threshold",), f"one beside the operator {rule.operator}", "none, or an order: > or <")
    elif (clear > rule.threshold) if rule.operator in RISING else (clear < rule.threshold):
        side = "at most" if rule.operator in RISING else "at least"
        yield _Complaint(("clear_threshold",), shown(clear), f"{side} the threshold, {shown(rule.threshold)}")


def _telling(rule: Rule, known: Known) -> Iterator[_Complaint]:
    for field in unknown_fields(rule.message):
        fields = " ".join(f"{{{name}}}" for name in FIELDS)
        yield _Complaint(("message",), f"the field {{{field}}}"[:80], f"one of {fields}", nearest(field, FIELDS))
    for channel in rule.channels or ():
        if known.channels and channel not in known.channels:
            expected = f"one of {', '.join(sorted(known.channels))}"
            yield _Complaint(("channels",), shown(channel), expected, nearest(channel, known.channels))


_LOOKS: tuple[Callable[[Rule, Known], Iterator[_Complaint]], ...] = (_naming, _matching, _comparing, _telling)
