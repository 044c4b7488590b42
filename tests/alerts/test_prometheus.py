import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from traybeat.alerts.prometheus import export, expression
from traybeat.alerts.rules import read
from traybeat.alerts.starter import RULES
from traybeat.model.alert import Function, Reduction, Rule

HOT = Rule("cpu-hot", "system_cpu_busy_ratio", "CPU busy", threshold=0.9)
needs_promtool = pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("last", "m > 0.9"),
        ("avg", "avg_over_time(m[300s]) > 0.9"),
        ("min", "min_over_time(m[300s]) > 0.9"),
        ("max", "max_over_time(m[300s]) > 0.9"),
        ("sum", "sum_over_time(m[300s]) > 0.9"),
        ("rate", "rate(m[300s]) > 0.9"),
        ("delta", "delta(m[300s]) > 0.9"),
        ("predict", "predict_linear(m[300s], 86400) > 0.9"),
    ],
)
def test_every_reduction_has_its_function(function: Function, expected: str) -> None:
    assert expression(replace(HOT, metric="m", reduce=Reduction(function))) == expected


def test_matchers_are_written_as_prometheus_does() -> None:
    labels = {"a": "x", "b": "~x.*", "c": "!x", "d": "!~x|y", "e": 'q"\\'}
    assert expression(replace(HOT, metric="m", labels=labels)) == (
        r'm{a="x", b=~"x.*", c!="x", d!~"x|y", e="q\"\\"} > 0.9'
    )


def test_absence_is_prometheus_own() -> None:
    assert expression(Rule("gone", "m", absent=True, labels={"a": "x"})) == 'absent(m{a="x"})'


def test_a_clear_threshold_holds_while_the_alert_fires() -> None:
    assert expression(replace(HOT, metric="m", clear_threshold=0.8)) == (
        "m > 0.9 or (m > 0.8 and ignoring (alertname, alertstate, severity) "
        'ALERTS{alertname="cpu-hot", alertstate="firing"})'
    )


def test_the_file_tells_all_that_prometheus_has_words_for() -> None:
    rule = replace(
        HOT, for_duration_minutes=5, severity="critical", message="{rule}: {value} of {labels} on {host} > {threshold}"
    )
    (group,) = yaml.safe_load(export([rule, replace(HOT, id="off", enabled=False)]))["groups"]
    assert group["rules"] == [
        {
            "alert": "cpu-hot",
            "expr": "system_cpu_busy_ratio > 0.9",
            "for": "300s",
            "labels": {"severity": "critical"},
            "annotations": {
                "summary": "CPU busy",
                "description": "CPU busy: {{ $value }} of {{ $labels }} on {{ $labels.instance }} > 0.9",
            },
        }
    ]


def test_without_rules_the_file_is_empty_but_right() -> None:
    assert yaml.safe_load(export([])) == {"groups": []}


def promtool(text: str, directory: Path) -> str:
    path = directory / "rules.yml"
    path.write_text(text, "utf-8")
    done = subprocess.run(["promtool", "check", "rules", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@needs_promtool
def test_promtool_accepts_the_starter_rules(tmp_path: Path) -> None:
    rules = read(RULES.encode())
    assert f"{len(rules)} rules found" in promtool(export(rules), tmp_path)


@needs_promtool
def test_promtool_accepts_every_kind_of_rule_and_hostile_text(tmp_path: Path) -> None:
    hostile = '{{ printf "x" }} {value} \N{RIGHT-TO-LEFT OVERRIDE}\x00 "\\ \n: # {{- end }} ${x} é'
    rules = [
        *(
            replace(HOT, id=f"{function}-{sign}", reduce=Reduction(function), operator=sign)
            for function in ("last", "avg", "min", "max", "sum", "rate", "delta", "predict")
            for sign in (">", "<", ">=", "<=", "==", "!=")
        ),
        replace(HOT, id="hostile", name=hostile, message=hostile, labels={"a": hostile, "b": "!~(x|y)"}),
        replace(HOT, id="hysteresis", clear_threshold=-1e-9, threshold=1e300),
        Rule("gone", "m", absent=True),
        replace(HOT, id="soon", for_duration_minutes=0.001),
    ]
    assert f"{len(rules)} rules found" in promtool(export(rules), tmp_path)


@needs_promtool
def test_promtool_accepts_an_empty_file(tmp_path: Path) -> None:
    promtool(export([]), tmp_path)
