"""What the shipped Grafana dashboard asks Prometheus for."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

CONTAINER = Path(__file__).parents[2] / "installers/container"
DASHBOARD = CONTAINER / "grafana/dashboards/traybeat.json"


class Query(NamedTuple):
    """One query of one panel, for all machines."""

    panel: str
    expression: str
    legend: str


def dashboard() -> Any:
    return json.loads(DASHBOARD.read_text("utf-8"))


def queries() -> Iterator[Query]:
    for panel in dashboard()["panels"]:
        for target in panel.get("targets", ()):
            yield Query(panel["title"], target["expr"].replace("$instance", ".+"), target["legendFormat"])


def metrics(expression: str) -> dict[str, set[str]]:
    """Name the metrics of an expression, each with the labels that it is picked by."""
    found: dict[str, set[str]] = {}
    for name, selector in re.findall(r"\b((?:system|agent|node)_\w+|up)\b(?:\{(.*?)\})?", expression):
        found.setdefault(name, set()).update(re.findall(r"(\w+)[=!]", selector))
    return found
