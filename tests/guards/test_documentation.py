"""What the code offers, docs/ tells, as it is."""

import re
from pathlib import Path

import pytest

from guards import documentation
from traybeat.collectors.registry import discover
from traybeat.commands.parser import parser
from traybeat.engine import monitor
from traybeat.model.metric import Kind

ROOT = documentation.DOCS.parent
PAGES = sorted([*documentation.DOCS.glob("*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md"])


@pytest.mark.parametrize(("path", "name", "body"), tuple(documentation.blocks()), ids=lambda part: str(part)[:20])
def test_the_generated_tables_are_fresh(path: Path, name: str, body: str) -> None:
    text = path.read_text("utf-8")
    assert documentation.renewed(text, name, body) == text, "run tests/refresh"


def test_the_rules_that_prometheus_is_given_are_those_of_a_first_start() -> None:
    assert documentation.EXPORTED.read_text("utf-8") == documentation.exported(), "run tests/refresh"


def test_metrics_follow_prometheus_naming() -> None:
    metrics = [metric for one in discover() for metric in one.metrics] + list(monitor.METRICS)
    for metric in metrics:
        assert metric.name.startswith(("system_", "node_", "agent_"))
        assert metric.help.endswith(".")
        assert (metric.kind is Kind.COUNTER) == metric.name.endswith("_total")
        if metric.unit:
            assert metric.name.removesuffix("_total").endswith("_" + metric.unit) or "_per_second" in metric.name
    names = [metric.name for metric in metrics]
    assert len(names) == len(set(names))


def test_readme_tells_every_command() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    actions = [action for action in parser()._actions if action.dest == "command"]  # noqa: SLF001 (argparse has no way)
    choices = actions[0].choices
    assert choices
    for command in choices:
        assert f"`traybeat {command}" in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", page.read_text("utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target
