"""Rules for a Prometheus that scrapes this machine: a file of alerting rules that means the same.

What a Prometheus has no words for is left out: the cooldown, and that time asleep does not count. The clear threshold
becomes a second condition that holds while the alert fires.
"""

import json
from collections.abc import Iterable, Iterator

from traybeat.model.alert import Rule
from traybeat.model.selector import matcher
from traybeat.model.text import clean

HEADER = "# Alerting rules exported by Traybeat; check with `promtool check rules`.\n"
_FUNCTIONS = {
    "avg": "avg_over_time",
    "min": "min_over_time",
    "max": "max_over_time",
    "sum": "sum_over_time",
    "rate": "rate",
    "delta": "delta",
    "predict": "predict_linear",
}
# Where our fields are to be found in an alert of Prometheus'.
_FIELDS = {
    "{value}": "{{ $value }}",
    "{host}": "{{ $labels.instance }}",
    "{labels}": "{{ $labels }}",
}


def export(rules: Iterable[Rule]) -> str:
    """Write the enabled rules as YAML; every text is written as JSON, which YAML reads too."""
    enabled = [rule for rule in rules if rule.enabled]
    if not enabled:
        return f"{HEADER}groups: []\n"
    lines = [HEADER + "groups:", '  - name: "traybeat"', "    rules:"]
    for rule in enabled:
        lines += _rule(rule)
    return "\n".join(lines) + "\n"


def expression(rule: Rule) -> str:
    """Write a rule's condition in PromQL."""
    if rule.absent:
        return f"absent({_selector(rule)})"
    threshold = f"{_value(rule)} {rule.operator} {_number(rule.threshold)}"
    if rule.clear_threshold is None:
        return threshold
    lingering = f"{_value(rule)} {rule.operator} {_number(rule.clear_threshold)}"
    firing = f'ALERTS{{alertname={_quoted(rule.id)}, alertstate="firing"}}'
    return f"{threshold} or ({lingering} and ignoring (alertname, alertstate, severity) {firing})"


def _rule(rule: Rule) -> Iterator[str]:
    yield f"      - alert: {_quoted(rule.id)}"
    yield f"        expr: {_quoted(expression(rule))}"
    if rule.for_duration_minutes:
        yield f"        for: {_duration(rule.for_duration_minutes)}"
    yield f"        labels: {{severity: {_quoted(rule.severity)}}}"
    yield "        annotations:"
    yield f"          summary: {_quoted(_escaped(clean(rule.name or rule.id)))}"
    yield f"          description: {_quoted(_description(rule))}"


def _value(rule: Rule) -> str:
    reduce = rule.reduce
    if reduce.function == "last":
        return _selector(rule)
    ahead = f", {_number(reduce.ahead_minutes * 60)}" if reduce.function == "predict" else ""
    return f"{_FUNCTIONS[reduce.function]}({_selector(rule)}[{_duration(reduce.window_minutes)}]{ahead})"


def _selector(rule: Rule) -> str:
    matchers = [matcher(label, condition) for label, condition in rule.labels.items()]
    written = ", ".join(f"{one.label}{one.compare.value}{_quoted(one.value)}" for one in matchers)
    return f"{rule.metric}{{{written}}}" if written else rule.metric


def _description(rule: Rule) -> str:
    """Give the message as a template; what is in braces and not ours is told literally."""
    text = _escaped(clean(rule.message, 1000))
    fixed = {
        "{rule}": _escaped(rule.name or rule.id),
        "{severity}": rule.severity,
        "{metric}": rule.metric,
        "{operator}": rule.operator,
        "{threshold}": _number(rule.threshold),
    }
    for field, written in (_FIELDS | fixed).items():
        text = text.replace(field, written)
    return text


def _escaped(text: str) -> str:
    """Keep text from being taken for a template."""
    return text.replace("{{", "{ {")


def _number(value: float | None) -> str:
    return "0" if value is None else repr(value).removesuffix(".0")


def _duration(minutes: float) -> str:
    """Write minutes as Prometheus does: whole seconds."""
    return f"{max(1, round(minutes * 60))}s"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
