from dataclasses import replace

import pytest

from alarms import HOT
from traybeat.alerts.template import FIELDS, Facts, fill, unknown_fields
from traybeat.model.alert import Labels, Reduction

HOME: Labels = (("mountpoint", "/home"), ("device", "sda1"))


def filled(message: str, labels: Labels = HOME, value: float | None = 0.934, host: str = "box") -> str:
    return fill(Facts(replace(HOT, message=message), labels, value, host))


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("CPU at {value} on {host}", "CPU at 93.4 % on box"),
        ("{rule} ({severity}): {metric} {operator} {threshold}", "CPU busy (warning): system_cpu_busy_ratio > 90 %"),
        ("{labels}", "mountpoint /home, device sda1"),
    ],
)
def test_fields_are_filled_in(message: str, expected: str) -> None:
    assert filled(message) == expected


def test_without_labels_it_is_about_this_machine() -> None:
    assert filled("{labels}", labels=()) == "this machine"


def test_without_a_value_there_is_nothing() -> None:
    assert filled("{value}", value=None) == "nothing"


def test_a_rule_without_a_name_goes_by_its_id() -> None:
    assert fill(Facts(replace(HOT, name="", message="{rule}"), (), 1.0, "box")) == "hot"


@pytest.mark.parametrize(
    "hostile", ["{value.__class__}", "{0}", "{}", "{value!r}", "{value:>99999999}", "%s", "{{value"]
)
def test_nothing_else_in_braces_is_evaluated(hostile: str) -> None:
    assert filled(hostile) == hostile


def test_what_is_filled_in_is_not_filled_in_again() -> None:
    assert filled("{labels}", labels=(("name", "{host}"),)) == "name {host}"


def test_a_rate_is_told_per_second() -> None:
    rule = replace(HOT, metric="node_network_receive_bytes_total", reduce=Reduction("rate"), message="{value}")
    assert fill(Facts(rule, (), 2e6, "box")) == "2 MB/s"


def test_a_message_has_an_end() -> None:
    assert len(filled("{labels}" * 1000)) == 1000


def test_fields_that_do_not_exist_are_found() -> None:
    assert list(unknown_fields("{value} {valeu} {host}")) == ["valeu"]
    assert not list(unknown_fields("".join(f"{{{name}}}" for name in FIELDS)))
