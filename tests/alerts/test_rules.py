from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from traybeat.alerts.rules import MOST_RULES, Known, read, understand
from traybeat.alerts.starter import RULES
from traybeat.collectors.registry import discover
from traybeat.engine import monitor
from traybeat.host.document import DamagedError, parse
from traybeat.model.alert import Reduction, Rule
from traybeat.model.errors import WrongSettingsError

METRICS = frozenset(
    metric.name for metrics in (*(one.metrics for one in discover()), monitor.METRICS) for metric in metrics
)
KNOWN = Known(METRICS, ("desktop", "email", "slack"))
CONTRACT = """
- id: cpu-hot
  name: CPU busy
  enabled: true
  metric: system_cpu_busy_ratio
  labels: {mountpoint: "/home"}          # equal; "~regex" matches, "!x" and "!~x" exclude
  reduce: {function: avg, window_minutes: 5}   # last avg min max sum rate delta predict; optional
  operator: ">"                          # > < >= <= == !=
  threshold: 0.9
  clear_threshold: 0.8                   # hysteresis, optional
  for_duration_minutes: 5
  cooldown_minutes: 30
  absent: false                          # true: fires where the metric has given nothing for that long
  severity: warning                      # info warning critical
  channels: [desktop, email]
  message: "CPU at {value} on {host}"    # fixed fields only
"""


ALL_FIELDS = "{value} {threshold} {host} {rule} {severity} {metric} {labels} {operator}"


def faults(text: str, known: Known = KNOWN) -> list[str]:
    with pytest.raises(WrongSettingsError) as caught:
        read(text.encode(), known)
    return [str(fault) for fault in caught.value.faults]


def rule(**fields: Any) -> str:
    given = {"id": "r", "metric": "system_load1", "threshold": 1, **fields}
    return yaml.safe_dump([{name: value for name, value in given.items() if value is not None}])


def test_every_field_of_the_contract_is_read() -> None:
    assert read(CONTRACT.encode(), KNOWN) == (
        Rule(
            id="cpu-hot",
            name="CPU busy",
            enabled=True,
            metric="system_cpu_busy_ratio",
            labels={"mountpoint": "/home"},
            reduce=Reduction("avg", 5.0),
            operator=">",
            threshold=0.9,
            clear_threshold=0.8,
            for_duration_minutes=5.0,
            cooldown_minutes=30.0,
            absent=False,
            severity="warning",
            channels=("desktop", "email"),
            message="CPU at {value} on {host}",
        ),
    )


def test_an_id_a_metric_and_a_threshold_suffice() -> None:
    assert read(b"- {id: a, metric: system_load1, threshold: 4}", KNOWN) == (Rule("a", "system_load1", threshold=4),)


def test_absence_needs_no_threshold() -> None:
    assert read(b"- {id: a, metric: system_load1, absent: true}", KNOWN)[0].absent


@pytest.mark.parametrize("text", ["# nothing yet\n", "[]", "---\n"])
def test_a_file_without_rules_is_right(text: str) -> None:
    assert read(text.encode()) == ()


def test_the_starter_rules_are_right_and_many_enough() -> None:
    starter = read(RULES.encode(), KNOWN)
    assert {one.metric for one in starter} == {
        *("system_cpu_busy_ratio", "system_memory_used_ratio", "system_swap_used_ratio", "system_temperature_celsius"),
        *("system_filesystem_used_ratio", "system_battery_remaining_seconds", "system_battery_charge_ratio"),
        "agent_collector_status",
    }
    assert all(one.enabled and one.cooldown_minutes and one.channels is None for one in starter)


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"id": None}, "line 1: rules[0].id: found nothing, expected up to 64 letters, digits, - and _"),
        ({"id": "a b"}, 'line 1: rules[0].id: found "a b", expected up to 64 letters, digits, - and _'),
        ({"metric": None}, "line 1: r.metric: found nothing, expected the name of a metric"),
        ({"metric": "a b"}, 'line 2: r.metric: found "a b", expected the name of a metric'),
        (
            {"metric": "system_laod1"},
            'line 2: r.metric: found "system_laod1", expected a metric that Traybeat collects; did you mean system_load1?',  # noqa: E501
        ),
        ({"threshold": None}, "line 1: r.threshold: found nothing, expected a number to compare with"),
        ({"threshold": "high"}, 'line 3: r.threshold: found "high", expected a number'),
        ({"threshold": float("nan")}, "line 3: r.threshold: found nan, expected a number"),
        ({"operator": "=>"}, 'line 3: r.operator: found "=>", expected >, <, >=, <=, == or !='),
        ({"severity": "fatal"}, 'line 3: r.severity: found "fatal", expected info, warning or critical'),
        ({"thresold": 1}, "line 4: r.thresold: found an unknown key, expected a known one; did you mean threshold?"),
        (
            {"reduce": {"function": "mean"}},
            'line 4: r.reduce.function: found "mean", expected last, avg, min, max, sum, rate, delta or predict',
        ),
        (
            {"reduce": {"function": "avg", "window_minutes": 0}},
            "line 5: r.reduce.window_minutes: found 0, expected a number from 0.1 to 1440",
        ),
        (
            {"for_duration_minutes": -1},
            "line 1: r.for_duration_minutes: found -1, expected a number from 0 to 10080",
        ),
        ({"labels": {"core": 0}}, "line 3: r.labels.core: found 0, expected text, in quotes"),
        ({"labels": {"a-b": "x"}}, 'line 3: r.labels.a-b: found "a-b", expected the name of a label'),
        (
            {"labels": {"a": "~*"}},
            "line 3: r.labels.a: found not a regular expression: '*' (nothing to repeat at position 0), expected one after the ~",  # noqa: E501
        ),
        ({"clear_threshold": 2}, "line 1: r.clear_threshold: found 2.0, expected at most the threshold, 1.0"),
        (
            {"operator": "<", "clear_threshold": 0.5},
            "line 1: r.clear_threshold: found 0.5, expected at least the threshold, 1.0",
        ),
        (
            {"operator": "==", "clear_threshold": 1},
            "line 1: r.clear_threshold: found one beside the operator ==, expected none, or an order: > or <",
        ),
        (
            {"absent": True},
            "line 4: r.threshold: found a number beside absent: true, expected none: there is nothing to compare",
        ),
        (
            {"absent": True, "threshold": None, "reduce": {"function": "avg"}},
            "line 5: r.reduce.function: found avg beside absent: true, expected none",
        ),
        (
            {"message": "{valeu}!"},
            f"line 2: r.message: found the field {{valeu}}, expected one of {ALL_FIELDS}; did you mean value?",
        ),
        (
            {"channels": ["emial"]},
            'line 1: r.channels: found "emial", expected one of desktop, email, slack; did you mean email?',
        ),
        ({"name": "x" * 101}, "line 3: r.name: found 101 characters, expected at most 100"),
    ],
)
def test_a_fault_says_where_what_and_what_was_expected(fields: dict[str, Any], fault: str) -> None:
    assert faults(rule(**fields)) == [fault]


def test_all_faults_of_all_rules_are_told_in_the_order_of_lines() -> None:
    text = "- {id: a, metric: x}\n- {id: a, metric: y, threshold: 1, sevrity: info}\n- just text\n-\n"
    assert faults(text) == [
        "line 1: a.threshold: found nothing, expected a number to compare with",
        "line 2: a.sevrity: found an unknown key, expected a known one; did you mean severity?",
        'line 2: a.id: found "a" again, expected an id of its own; rule 1 has this',
        "line 3: rules[2]: found a text, expected a section with lines such as id:",
        "line 4: rules[3].id: found nothing, expected up to 64 letters, digits, - and _",
        "line 4: rules[3].metric: found nothing, expected the name of a metric",
        "line 4: rules[3].threshold: found nothing, expected a number to compare with",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "rules:\n- id: a\n",
            "line 1: the file: found a section, expected a list of rules, each beginning with `- id:`",
        ),
        ("- &a {id: a, metric: m, threshold: 1}\n- *a\n", "line 1: rules[0]: found an anchor (&)"),
        ("- {id: a, id: b, metric: m, threshold: 1}\n", "line 1: rules[0].id: found the key again"),
        ("- {id: !!python/name:os.system a, metric: m, threshold: 1}\n", "line 1: rules[0].id: found a tag (!)"),
    ],
)
def test_what_yaml_has_beyond_plain_values_is_refused(text: str, fault: str) -> None:
    assert faults(text)[0].startswith(fault)


def test_too_many_rules_are_refused() -> None:
    many = "".join(f"- {{id: r{number}, metric: m, threshold: 1}}\n" for number in range(MOST_RULES + 1))
    assert faults(many) == [f"the file: found {MOST_RULES + 1} rules, expected at most {MOST_RULES}"]


def test_what_is_not_yaml_is_damage() -> None:
    with pytest.raises(DamagedError):
        read(b"- {id: a\n  b: [")


def test_without_knowledge_any_metric_and_channel_will_do() -> None:
    assert read(rule(metric="system_new", channels=["pager"]).encode())[0].channels == ("pager",)


def test_metrics_that_come_with_the_machine_are_not_looked_up() -> None:
    assert read(rule(metric="node_whatever").encode(), KNOWN)[0].metric == "node_whatever"


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["id", "metric", "labels", "reduce", "threshold", "message", "channels"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_whatever_stands_in_the_file_gives_rules_or_faults(value: Any) -> None:
    document = parse(yaml.safe_dump([value]).encode())
    rules, faults = understand(document, KNOWN)
    assert bool(rules) is not bool(faults)
    assert all(one.id for one in rules)
