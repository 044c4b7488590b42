import re
from itertools import combinations

from installers.dashboards import dashboard, metrics, queries
from traybeat.collectors.registry import discover
from traybeat.engine import alerting, monitor

OWN = {metric.name: metric for one in discover() for metric in one.metrics}
OWN |= {metric.name: metric for metric in (*monitor.METRICS, *alerting.METRICS)}
# What Prometheus itself adds to every series, and knows of every target.
ADDED = {"instance", "job"}


def test_it_asks_for_metrics_and_labels_that_there_are() -> None:
    asked = list(queries())
    assert len(asked) > 20
    for query in asked:
        for name, labels in metrics(query.expression).items():
            assert name == "up" or name in OWN, f"{query.panel}: {name}"
            known = ADDED if name == "up" else ADDED | set(OWN[name].labels)
            assert labels <= known, f"{query.panel}: {name}{labels}"


def test_legends_name_labels_that_the_result_has() -> None:
    for query in queries():
        grouped = re.search(r"\bby \(([^)]*)\)", query.expression)
        known = (
            set(grouped[1].split(", "))
            if grouped
            else ADDED.union(*(OWN[name].labels for name in metrics(query.expression) if name in OWN))
        )
        assert set(re.findall(r"\{\{(\w+)\}\}", query.legend)) <= known, query


def test_every_panel_says_what_it_shows_and_by_whom_it_is_answered() -> None:
    for panel in dashboard()["panels"]:
        if panel["type"] != "row":
            assert panel["description"].endswith(".")
            assert panel["datasource"]["uid"] == "${datasource}"
            assert panel["fieldConfig"]["defaults"]["unit"]


def test_no_panel_lies_on_another() -> None:
    places = [panel["gridPos"] for panel in dashboard()["panels"]]
    for one, other in combinations(places, 2):
        apart = (
            one["x"] + one["w"] <= other["x"]
            or other["x"] + other["w"] <= one["x"]
            or one["y"] + one["h"] <= other["y"]
            or other["y"] + other["h"] <= one["y"]
        )
        assert apart, (one, other)
    assert all(place["x"] + place["w"] <= 24 for place in places)


def test_ids_are_unique() -> None:
    ids = [panel["id"] for panel in dashboard()["panels"]]
    assert len(ids) == len(set(ids))
