"""What follows from the code, the tables in docs/ first: `python tests/guards/documentation.py` writes it anew."""

import re
from collections.abc import Iterator
from pathlib import Path

from traybeat.alerts import prometheus, rules
from traybeat.alerts.starter import RULES
from traybeat.channels import registry as channels
from traybeat.collectors.registry import discover
from traybeat.engine import alerting, monitor, notifier
from traybeat.exporter import exposition
from traybeat.model.metric import Metric
from traybeat.settings.template import reference
from traybeat.settings.tree import Schema
from traybeat.store import state

DOCS = Path(__file__).parents[2] / "docs"
EXPORTED = DOCS.parent / "installers/container/prometheus/rules.yml"
_BLOCK = "<!-- {name}: begin -->\n{body}<!-- {name}: end -->"


def row(metric: Metric) -> str:
    """Write one metric as a row of a table."""
    labels = ", ".join(f"`{label}`" for label in metric.labels)
    kept = "yes" if metric.precision is not None else ""
    return f"| `{metric.name}` | {metric.kind.value} | {labels} | {kept} | {metric.help} |"


def table(metrics: tuple[Metric, ...]) -> str:
    """Write metrics as a table, by name."""
    rows = [row(metric) for metric in sorted(metrics, key=lambda metric: metric.name)]
    return "\n".join(["| metric | type | labels | recorded | meaning |", "|---|---|---|---|---|", *rows, ""])


def blocks() -> Iterator[tuple[Path, str, str]]:
    """Give every generated block: the file it stands in, its name and its body."""
    parts = [(one.name, one.metrics) for one in discover()]
    parts += [("agent", monitor.METRICS), ("history", state.METRICS), ("time", exposition.METRICS)]
    parts.append(("alerts", alerting.METRICS + notifier.METRICS))
    for name, metrics in parts:
        yield DOCS / "metrics.md", name, table(metrics)
    yield DOCS / "settings.md", "settings", reference(schema())


def schema() -> Schema:
    """Give the settings' schema with all that collectors and channels add to it."""
    return Schema({one.name: one.options for one in discover()}, {one.name: one.options for one in channels.discover()})


def renewed(text: str, name: str, body: str) -> str:
    """Give a page's text with one block's body replaced; raises LookupError where the page has no such block."""
    pattern = re.compile(re.escape(f"<!-- {name}: begin -->") + ".*?" + re.escape(f"<!-- {name}: end -->"), re.DOTALL)
    if not pattern.search(text):
        raise LookupError(f"there is no block {name}")
    return pattern.sub(lambda _: _BLOCK.format(name=name, body=body), text, count=1)


def exported() -> str:
    """Give the rules of a first start, as `traybeat rules export` writes them."""
    return prometheus.export(rules.read(RULES.encode()))


def main() -> None:
    """Write every block, and the exported rules, anew."""
    EXPORTED.write_text(exported(), "utf-8")
    for path, name, body in blocks():
        path.write_text(renewed(path.read_text("utf-8"), name, body), "utf-8")


if __name__ == "__main__":
    main()
