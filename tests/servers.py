"""Real servers for tests, each on a port of its own."""

import json
import shutil
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from agent import until


def needs(program: str) -> pytest.MarkDecorator:
    """Skip where a program is missing that tests/run installs on Debian and Ubuntu."""
    missing = sys.platform != "linux" or shutil.which(program) is None
    return pytest.mark.skipif(missing, reason=f"{program} is not installed; tests/run installs it on Debian and Ubuntu")


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except OSError:
        return False


@contextmanager
def running(command: list[str], ready: str, log: Path) -> Iterator[None]:
    """Run a server until the block ends; `ready` is an address that answers once it serves."""
    with log.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
        try:
            until(lambda: answers(ready) or process.poll() is not None, 20, f"{command[0]}'s first answer")
            assert process.poll() is None, log.read_text("utf-8", "replace")
            yield
        finally:
            process.terminate()
            process.wait(20)


@contextmanager
def node_exporter(port: int, directory: Path, *options: str) -> Iterator[str]:
    """Run node_exporter and give the address of its metrics."""
    address = f"127.0.0.1:{port}"
    command = ["prometheus-node-exporter", f"--web.listen-address={address}", *options]
    with running(command, f"http://{address}/", directory / "node_exporter.log"):
        yield f"http://{address}/metrics"


class Prometheus:
    """A running Prometheus, to be asked."""

    def __init__(self, address: str) -> None:
        self.address = address

    def query(self, expression: str) -> list[tuple[dict[str, str], float]]:
        """Ask for an instant vector: each series' labels and value."""
        return [(one["metric"], float(one["value"][1])) for one in self._get("query", query=expression)["result"]]

    def value(self, expression: str) -> float | None:
        """Ask for a single value; None where there is none yet."""
        found = self.query(expression)
        assert len(found) <= 1, f"{expression} gave {len(found)} series"
        return found[0][1] if found else None

    def moments(
        self, expression: str, start: float, end: float, step: float
    ) -> list[tuple[dict[str, str], list[float]]]:
        """Ask at which moments of a range series are there: each one's labels, and Unix times `step` apart."""
        found = self._get("query_range", query=expression, start=str(start), end=str(end), step=str(step))["result"]
        return [(one["metric"], [float(time) for time, _ in one["values"]]) for one in found]

    def rules(self) -> list[dict[str, Any]]:
        """Give the rules that it evaluates, of all groups."""
        return [rule for group in self._get("rules")["groups"] for rule in group["rules"]]

    def _get(self, path: str, **parameters: str) -> Any:
        url = f"http://{self.address}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        with urllib.request.urlopen(url, timeout=5) as answer:
            return json.load(answer)["data"]


@contextmanager
def prometheus(port: int, directory: Path, config: str) -> Iterator[Prometheus]:
    """Run Prometheus on a configuration with a data folder of its own."""
    address = f"127.0.0.1:{port}"
    file = directory / "prometheus.yml"
    file.write_text(config, "utf-8")
    command = [
        "prometheus",
        f"--config.file={file}",
        f"--storage.tsdb.path={directory / 'tsdb'}",
        f"--web.listen-address={address}",
    ]
    with running(command, f"http://{address}/-/ready", directory / "prometheus.log"):
        yield Prometheus(address)
