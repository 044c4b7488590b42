"""What docs/operations.md tells operators to paste works."""

import re
import subprocess
from pathlib import Path

import yaml

from guards.documentation import DOCS
from servers import needs
from traybeat.engine import alerting, monitor, notifier
from traybeat.store import state

KNOWN = {metric.name for metric in (*monitor.METRICS, *alerting.METRICS, *notifier.METRICS, *state.METRICS)}


def rules() -> str:
    (block,) = re.findall(r"```yaml\n(.*?)```", (DOCS / "operations.md").read_text("utf-8"), re.DOTALL)
    return str(block)


@needs("promtool")
def test_the_rules_about_traybeat_itself_pass_promtool(tmp_path: Path) -> None:
    file = tmp_path / "agent.rules.yml"
    file.write_text(rules(), "utf-8")
    done = subprocess.run(["promtool", "check", "rules", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_rules_about_traybeat_itself_name_metrics_that_there_are() -> None:
    expressions = [rule["expr"] for rule in yaml.safe_load(rules())["groups"][0]["rules"]]
    assert set(re.findall(r"agent_\w+", " ".join(expressions))) <= KNOWN
