"""The agent of compose.yaml, and the Prometheus beside it, as they are written down."""

import runpy
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from agent import Agent, until
from guards.documentation import schema
from installers.dashboards import CONTAINER, queries
from servers import Prometheus, needs, prometheus
from traybeat.settings.environment import overrides

TOKEN = "a-token-that-both-know"
# What a machine need not have, or has only once something went wrong or is about to.
MAY_BE_EMPTY = {"Hottest sensor", "Temperatures", "Fans", "Batteries", "Collectors that fail"}


def compose() -> Any:
    return yaml.safe_load((CONTAINER / "compose.yaml").read_text("utf-8"))


def environment() -> dict[str, str]:
    found = compose()["services"]["traybeat"]["environment"]
    return {name: value for name, value in found.items() if not name.startswith("TRAYBEAT_HOST_")}


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "scrape"
    path.write_text(f"{TOKEN}\n")
    return path


class Stack(NamedTuple):
    """A running agent, and the Prometheus that scrapes it."""

    agent: Agent
    server: Prometheus


@pytest.fixture
def stack(tmp_path: Path, secret: Path, new_port: Callable[[], int]) -> Iterator[Stack]:
    """Run both with the very settings of compose.yaml but for addresses, of which there is one, and Redis."""
    settings = environment() | {"TRAYBEAT_SECRET_SCRAPE_FILE": str(secret), "TRAYBEAT_API__REDIS_URL": ""}
    agent = Agent(tmp_path, new_port(), **settings)
    config = (CONTAINER / "prometheus/prometheus.yml").read_text("utf-8")
    config = config.replace("/run/secrets/scrape", str(secret)).replace("traybeat:9100", f"127.0.0.1:{agent.port}")
    config = config.replace("15s", "1s").replace("alertmanager:9093", f"127.0.0.1:{new_port()}")
    for name in ("rules.yml", "fleet.yml"):
        shutil.copy(CONTAINER / "prometheus" / name, tmp_path)
    with agent.running(), prometheus(new_port(), tmp_path, config) as server:
        yield Stack(agent, server)


@needs("prometheus")
def test_prometheus_scrapes_it_with_the_token_and_answers_every_panel(stack: Stack) -> None:
    until(lambda: stack.server.value('up{job="traybeat"}') == 1, 15, "a scrape")
    until(lambda: bool(stack.server.query("system_network_receive_bytes_per_second")), 20, "a rate")
    answered = {query.panel for query in queries() if stack.server.query(query.expression)}
    assert {query.panel for query in queries()} - answered <= MAY_BE_EMPTY
    assert {rule["name"] for rule in stack.server.rules()} >= {"traybeat-down", "cpu-busy"}


def test_its_variables_are_settings() -> None:
    found = overrides(environment(), schema())
    assert found.faults == ()
    assert "address" in {path[-1] for path in found.values}


def test_nobody_may_scrape_it_without_the_token_that_prometheus_is_given() -> None:
    services = compose()["services"]
    assert "TRAYBEAT_EXPORTER__ALLOW_ANONYMOUS" not in services["traybeat"]["environment"]
    assert "scrape" in services["traybeat"]["secrets"]
    assert "scrape" in services["prometheus"]["secrets"]


@pytest.mark.parametrize("name", compose()["services"])
def test_every_service_has_no_more_rights_than_it_needs(name: str) -> None:
    service: Mapping[str, Any] = compose()["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
    mounts = [mount for mount in service.get("volumes", ()) if mount.startswith(("/", "."))]
    assert all(mount.endswith((":ro", ":ro,rslave")) for mount in mounts)


def test_every_image_but_our_own_is_pinned() -> None:
    images = [one["image"] for name, one in compose()["services"].items() if name != "traybeat"]
    for image in images:
        assert image.startswith("docker.io/")
        assert any(letter.isdigit() for letter in image.rpartition(":")[2])


def test_the_image_has_what_the_agent_needs_without_a_desktop() -> None:
    project = """[project]
dependencies = ["Pillow>=11", "PyYAML>=6.0.2", "jeepney>=0.8; sys_platform == 'linux'", "pywebview>=6,<7"]
[project.optional-dependencies]
apprise = ["apprise>=1.9"]
redis = ["redis>=5"]
"""
    requirements = runpy.run_path(str(CONTAINER / "requirements"))["requirements"]
    assert requirements(project, "redis") == ["PyYAML>=6.0.2", "redis>=5"]
    assert requirements(project) == ["PyYAML>=6.0.2"]
