from pathlib import Path

import pytest

from traybeat.host.linux.memory import LinuxMemory, fields
from traybeat.host.machine import Roots

MEMINFO = b"""\
MemTotal:       16000000 kB
MemFree:         2000000 kB
MemAvailable:    9000000 kB
Buffers:          100000 kB
Cached:          5000000 kB
SwapTotal:       4000000 kB
SwapFree:        3000000 kB
Active(anon):     700000 kB
HugePages_Total:       3
Hugepagesize:       2048 kB
"""


@pytest.fixture
def roots(tmp_path: Path) -> Roots:
    (tmp_path / "meminfo").write_bytes(MEMINFO)
    return Roots(proc=tmp_path)


def test_names_and_units_are_node_exporters() -> None:
    found = dict(fields(MEMINFO))
    assert found["Active_anon_bytes"] == 700_000 * 1024
    assert found["HugePages_Total"] == 3
    assert found["Hugepagesize_bytes"] == 2048 * 1024
    assert len(found) == 10


def test_lines_of_another_form_are_left_out() -> None:
    assert dict(fields(b"        total:    used:\nMem: abc\nMemFree: 1 kB\n\n")) == {"MemFree_bytes": 1024}


def test_what_is_not_available_is_used(roots: Roots) -> None:
    reading = LinuxMemory(roots).read()
    assert reading.total == 16_000_000 * 1024
    assert reading.available == 9_000_000 * 1024
    assert reading.used == 7_000_000 * 1024


def test_caches_buffers_and_swap_are_told(roots: Roots) -> None:
    reading = LinuxMemory(roots).read()
    assert (reading.cached, reading.buffers) == (5_000_000 * 1024, 100_000 * 1024)
    assert (reading.swap_total, reading.swap_used) == (4_000_000 * 1024, 1_000_000 * 1024)


def test_an_old_kernel_without_memavailable_counts_free_buffers_and_cache(roots: Roots) -> None:
    (roots.proc / "meminfo").write_bytes(MEMINFO.replace(b"MemAvailable:    9000000 kB\n", b""))
    assert LinuxMemory(roots).read().available == 7_100_000 * 1024
