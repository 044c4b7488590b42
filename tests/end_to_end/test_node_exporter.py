"""Names, labels and values beside node_exporter's, on the same machine at the same time."""

import re
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from agent import Agent, until, values
from servers import needs, node_exporter

pytestmark = needs("prometheus-node-exporter")

# What stands still while two programs look at it, and what moves: by how much it may differ, in the value's unit.
MOVING = {
    "node_cpu_seconds_total": 10.0,
    "node_cpu_guest_seconds_total": 1.0,
    "node_context_switches_total": 500_000,
    "node_intr_total": 500_000,
    "node_forks_total": 2_000,
    "node_load1": 1.0,
    "node_load5": 0.5,
    "node_load15": 0.3,
    "node_procs_running": 30,
    "node_procs_blocked": 30,
    "node_filefd_allocated": 5_000,
    "node_time_seconds": 5.0,
    "node_network_": 50e6,
    "node_disk_": 500e6,
    "node_memory_": 1e9,
    "node_filesystem_": 1e9,
}
STILL = (
    "node_memory_MemTotal_bytes",
    "node_memory_SwapTotal_bytes",
    "node_memory_HugePages_Total",
    "node_boot_time_seconds",
    "node_uname_info",
    "node_filefd_maximum",
    "node_filesystem_size_bytes",
    "node_filesystem_files",
    "node_filesystem_readonly",
    "node_filesystem_device_error",
)


def allowed(series: str) -> float:
    name = series.partition("{")[0]
    if name in STILL:
        return 0.0
    return max((much for start, much in MOVING.items() if name.startswith(start)), default=0.0)


def canonical(metrics: str) -> dict[str, float]:
    """Read values by series, labels sorted, empty labels left out: Prometheus does not tell those from missing ones."""
    found = {}
    for series, value in values(metrics).items():
        name, _, labels = series.rstrip("}").partition("{")
        pairs = re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels)
        found[name + repr(sorted(pair for pair in pairs if pair[1]))] = value
    return found


@pytest.fixture
def both(tmp_path: Path, new_port: Callable[[], int]) -> tuple[str, str]:
    """Our text and node_exporter's, taken within a moment."""
    agent = Agent(tmp_path, new_port())
    # Debian's package leaves the loopback interface out; node_exporter itself does not.
    with agent.running(), node_exporter(new_port(), tmp_path, "--collector.netdev.device-exclude=^$") as url:
        until(lambda: "system_network_receive_bytes_per_second" in agent.metrics(), what="the second collection")
        with urllib.request.urlopen(url, timeout=10) as answer:
            theirs = answer.read().decode()
        return agent.metrics(), theirs


def test_every_node_series_is_one_of_node_exporters_with_its_value(both: tuple[str, str]) -> None:
    ours = {key: value for key, value in canonical(both[0]).items() if key.startswith("node_")}
    theirs = canonical(both[1])
    assert len(ours) > 150
    assert set(ours) - set(theirs) == set()
    apart = {key: (value, theirs[key]) for key, value in ours.items() if abs(value - theirs[key]) > allowed(key)}
    assert apart == {}


def test_what_the_collectors_read_is_given_whole(both: tuple[str, str]) -> None:
    """Of the families that we have, we have every series; pseudo file systems are left out on purpose."""
    ours, theirs = canonical(both[0]), canonical(both[1])
    families = (
        "node_cpu_seconds_total",
        "node_memory_",
        "node_network_receive_",
        "node_network_transmit_",
        "node_load",
    )
    missing = {
        key
        for key in theirs
        if key.startswith(families)
        and key not in ours
        and "nohandler" not in key  # netlink tells it, /proc/net/dev does not
        and "queue_length" not in key
    }
    assert missing == set()


def test_types_agree(both: tuple[str, str]) -> None:
    ours, theirs = (dict(re.findall(r"^# TYPE (node_\w+) (\w+)$", text, re.MULTILINE)) for text in both)
    untold = ("unknown", "untyped", None)
    differing = {
        name: (kind, theirs.get(name)) for name, kind in ours.items() if theirs.get(name) not in (kind, *untold)
    }
    assert differing == {}
