"""A real Prometheus scrapes the real program and is asked what it has seen."""

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

import certificates
from agent import Agent, until
from servers import Prometheus, needs, prometheus

pytestmark = [needs("prometheus"), needs("promtool")]

_SCRAPE = """
global: {{scrape_interval: 1s}}
scrape_configs:
- job_name: traybeat
  scheme: {scheme}
  {extra}
  static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""


def scraping(port: int, scheme: str = "http", extra: str = "") -> str:
    return _SCRAPE.format(port=port, scheme=scheme, extra=extra)


@pytest.fixture
def load() -> Iterator[None]:
    """One core busy."""
    process = subprocess.Popen([sys.executable, "-S", "-E", "-c", "while True: sum(range(10_000))"])
    yield
    process.kill()
    process.wait()


def test_it_is_up_and_its_rates_make_sense_under_a_known_load(
    tmp_path: Path, new_port: Callable[[], int], load: None
) -> None:
    agent = Agent(tmp_path, new_port())
    with agent.running(), prometheus(new_port(), tmp_path, scraping(agent.port)) as server:
        until(lambda: server.value("up") == 1, what="up")
        until(lambda: (server.value("count_over_time(up[1m])") or 0) >= 10, 30, "ten scrapes")
        assert server.value("min_over_time(up[1m])") == 1
        busy = "sum(rate(node_cpu_seconds_total{mode!~'idle|iowait'}[8s]))"
        until(lambda: (server.value(busy) or 0) > 0.8, 20, "one busy core")
        until(lambda: (server.value("system_cpu_busy_ratio") or 0) * cores(server) > 0.8, 10, "one busy core, by ratio")
        idle = server.value("sum(rate(node_cpu_seconds_total[8s]))")
        assert idle == pytest.approx(cores(server), rel=0.2)
        assert server.value("node_memory_MemTotal_bytes") == server.value("system_memory_total_bytes")
        assert 0 < (server.value("agent_cpu_usage_ratio") or 1) < 0.5
        drift = server.value("time() - node_time_seconds")
        assert drift is not None
        assert drift < 3
        until(lambda: top(server).startswith("python"), 15, "the load among the top processes")


def cores(server: Prometheus) -> float:
    return server.value("count(count by (cpu) (node_cpu_seconds_total))") or 0


def top(server: Prometheus) -> str:
    found = server.query("topk(1, system_process_cpu_ratio)")
    return found[0][0]["name"] if found else ""


# Names that are not ours to choose: node_exporter's for /proc/meminfo (promtool says the same of node_exporter's own
# text), and one that users hold on to.
GIVEN = re.compile(
    r"(node_memory_\w+ metric names should be written in 'snake_case'|system_process_count non-histogram).*\n"
)


def test_promtool_has_nothing_to_say_but_of_names_that_are_given(tmp_path: Path, new_port: Callable[[], int]) -> None:
    agent = Agent(tmp_path, new_port())
    with agent.running():
        until(lambda: "system_network_receive_bytes_per_second" in agent.metrics(), what="the second collection")
        until(lambda: "agent_cpu_usage_ratio" in agent.metrics(), what="the second look at itself")
        text = agent.metrics()
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False)
    assert (done.stdout, GIVEN.sub("", done.stderr)) == ("", "")


def test_it_is_scraped_by_https_with_credentials(tmp_path: Path, new_port: Callable[[], int]) -> None:
    certificate, key = certificates.make(tmp_path)
    port = new_port()
    settings = (
        f"exporter:\n  port: {port}\n  tls: {{certificate: {certificate}, key: {key}}}\n"
        "  credentials: {username: prometheus, password: {secret: scrape}}\n"
    )
    agent = Agent(tmp_path, port, settings, TRAYBEAT_SECRET_SCRAPE="sesame")
    extra = f"tls_config: {{ca_file: {certificate}}}\n  basic_auth: {{username: prometheus, password: %s}}"
    process = agent.start("--headless")
    try:
        assert process.stdout is not None
        assert f"https://127.0.0.1:{port}/metrics" in process.stdout.readline()
        with prometheus(new_port(), tmp_path, scraping(port, "https", extra % "sesame")) as server:
            until(lambda: server.value("up") == 1, what="up")
            assert server.value("system_memory_total_bytes") is not None
        (tmp_path / "tsdb").rename(tmp_path / "tsdb-1")
        with prometheus(new_port(), tmp_path, scraping(port, "https", extra % "wrong")) as server:
            until(lambda: server.value("up") == 0, what="a refused scrape")
    finally:
        process.terminate()
        process.communicate(timeout=10)


def test_a_sleep_of_the_agent_is_a_gap_and_no_storm(tmp_path: Path, new_port: Callable[[], int]) -> None:
    agent = Agent(tmp_path, new_port())
    with agent.running() as process:
        until(lambda: "system_cpu_busy_ratio " in agent.metrics(), what="the second collection")
        psutil.Process(process.pid).suspend()
        time.sleep(4)
        psutil.Process(process.pid).resume()
        until(agent.answers, what="an answer after the sleep")
        text = agent.metrics()
        assert 'agent_collector_errors_total{collector="cpu"} 0.0' in text
