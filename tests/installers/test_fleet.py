"""What is handed to a Prometheus and an Alertmanager, to their own checkers."""

import subprocess
from pathlib import Path

import pytest
import yaml

from guards.documentation import schema
from servers import needs
from traybeat.settings.loader import understand

INSTALLERS = Path(__file__).parents[2] / "installers"
# A laptop that goes off, a workstation that does, and an office that goes dark.
UNIT_TEST = """
rule_files: [{rules}]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - series: 'up{{job="traybeat", instance="lap", kind="laptop", office="seoul"}}'
        values: '1 0x40'
      - series: 'up{{job="traybeat", instance="ws", kind="workstation", office="seoul"}}'
        values: '1 0x40'
      - series: 'up{{job="traybeat", instance="ws2", kind="workstation", office="seoul"}}'
        values: '1x41'
      - series: 'up{{job="traybeat", instance="far", kind="laptop", office="busan"}}'
        values: '1 0x40'
    alert_rule_test:
      - {{eval_time: 10m, alertname: workstation-unreachable, exp_alerts: []}}
      - eval_time: 20m
        alertname: workstation-unreachable
        exp_alerts:
          - exp_labels: {{job: traybeat, instance: ws, kind: workstation, office: seoul, severity: warning}}
            exp_annotations:
              summary: Workstation out of reach
              description: ws (seoul) has not answered for a quarter of an hour
      - eval_time: 20m
        alertname: office-unreachable
        exp_alerts:
          - exp_labels: {{office: busan, severity: critical}}
            exp_annotations:
              summary: Office out of reach
              description: Nine in ten machines of busan do not answer
"""


def well(*command: str, folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@needs("promtool")
@pytest.mark.parametrize(
    ("folder", "rules"), [("container/prometheus", ("rules.yml", "fleet.yml")), ("fleet", ("rules.yml",))]
)
def test_promtool_finds_nothing_wrong(folder: str, rules: tuple[str, ...]) -> None:
    well("promtool", "check", "config", "--syntax-only", "prometheus.yml", folder=INSTALLERS / folder)
    well("promtool", "check", "rules", *rules, folder=INSTALLERS / folder)


@needs("amtool")
@pytest.mark.parametrize("folder", ["container/alertmanager", "fleet"])
def test_amtool_finds_nothing_wrong(folder: str) -> None:
    well("amtool", "check-config", "alertmanager.yml", folder=INSTALLERS / folder)


@needs("promtool")
def test_a_laptop_may_be_away_but_an_office_may_not(tmp_path: Path) -> None:
    (tmp_path / "test.yml").write_text(UNIT_TEST.format(rules=INSTALLERS / "fleet/rules.yml"))
    well("promtool", "test", "rules", "test.yml", folder=tmp_path)


def test_the_settings_of_a_desk_are_settings() -> None:
    loaded = understand((INSTALLERS / "fleet/settings.yaml").read_bytes(), {}, schema())
    assert loaded.settings.exporter.credentials.required
    targets = yaml.safe_load((INSTALLERS / "fleet/desks/example.yml").read_text("utf-8"))[0]["targets"]
    assert {f"{host}:9100" for host in loaded.settings.exporter.hosts} <= set(targets)
    assert loaded.settings.exporter.tls.certificate
