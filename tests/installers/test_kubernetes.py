"""The manifests agree with each other, and the agent runs on the settings that they give it."""

import json
import sys
import urllib.request
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent import Agent
from traybeat import __version__

KUBERNETES = Path(__file__).parents[2] / "installers/kubernetes"
NAME = {"app.kubernetes.io/name": "traybeat"}


def manifest(name: str, folder: str = "base") -> Any:
    return yaml.safe_load((KUBERNETES / folder / f"{name}.yaml").read_text("utf-8"))


def pod() -> Any:
    return manifest("daemonset")["spec"]["template"]["spec"]


def container() -> Any:
    (only,) = pod()["containers"]
    return only


def test_the_base_names_every_manifest_and_this_version() -> None:
    base = manifest("kustomization")
    files = {path.name for path in (KUBERNETES / "base").glob("*.yaml")} - {"kustomization.yaml"}
    assert set(base["resources"]) == files
    assert base["images"] == [{"name": container()["image"], "newTag": __version__}]


def test_whoever_picks_the_pods_picks_them_by_the_label_that_they_have() -> None:
    daemons = manifest("daemonset")["spec"]
    assert daemons["template"]["metadata"]["labels"] == NAME
    assert daemons["selector"]["matchLabels"] == NAME
    assert manifest("service")["spec"]["selector"] == NAME
    assert manifest("networkpolicy")["spec"]["podSelector"]["matchLabels"] == NAME
    assert (
        manifest("servicemonitor", "monitoring")["spec"]["selector"]["matchLabels"]
        == manifest("service")["metadata"]["labels"]
    )
    assert manifest("podmonitor", "monitoring")["spec"]["selector"]["matchLabels"] == NAME


def test_ports_are_called_by_names_that_there_are() -> None:
    names = {port["name"] for port in container()["ports"]}
    (rule,) = manifest("networkpolicy")["spec"]["ingress"]
    called = {port["port"] for port in rule["ports"]}
    called |= {port["targetPort"] for port in manifest("service")["spec"]["ports"]}
    called |= {container()[probe]["httpGet"]["port"] for probe in ("livenessProbe", "readinessProbe")}
    called |= {one["port"] for one in manifest("podmonitor", "monitoring")["spec"]["podMetricsEndpoints"]}
    assert called <= names


def test_the_pod_has_no_rights_and_nothing_to_write_to_but_its_volume() -> None:
    own = container()["securityContext"]
    assert own == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert pod()["securityContext"]["runAsNonRoot"] is True
    assert pod()["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod())
    writable = {mount["name"] for mount in container()["volumeMounts"] if not mount.get("readOnly")}
    assert writable == {"data"}


def test_what_the_variables_name_is_mounted_there() -> None:
    places = {mount["mountPath"] for mount in container()["volumeMounts"]}
    named = {one["value"] for one in container()["env"] if "value" in one}
    assert named <= places


@pytest.mark.skipif(sys.platform == "win32", reason="a volume of settings is made of symbolic links")
def test_the_agent_runs_on_the_settings_and_answers_the_probes(tmp_path: Path, new_port: Callable[[], int]) -> None:
    """The settings lie as kubelet lays them: links to a directory that is exchanged as a whole, for reading alone."""
    metrics, api = new_port(), new_port()
    ports = {"metrics": metrics, "api": api}
    version = tmp_path / "config/..2026_01"
    version.mkdir(parents=True)
    for name, text in manifest("configmap")["data"].items():
        (version / name).write_text(text)
        (version / name).chmod(0o444)
        (tmp_path / "config" / name).symlink_to(Path("..data", name))
    (tmp_path / "config/..data").symlink_to(version.name)
    agent = Agent(tmp_path, metrics, TRAYBEAT_DASHBOARD__PORT=str(api), TRAYBEAT_HOST_NAME="node-7")
    (tmp_path / "config").chmod(0o555)
    with agent.running():
        for probe, host in product(("livenessProbe", "readinessProbe"), ("10.1.2.3:9100", "node-7:9100")):
            page = container()[probe]["httpGet"]
            url = f"http://127.0.0.1:{ports[page['port']]}{page['path']}"
            with urllib.request.urlopen(urllib.request.Request(url, headers={"Host": host}), timeout=5) as answer:
                assert json.load(answer)["status"] == "ok"
        status = agent.status()
    assert status["host"] == "node-7"
    assert status["settings"]["faults"] == []
    assert status["alerts"]["rules"] == 0
