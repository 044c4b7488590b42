from types import SimpleNamespace
from typing import Any

from traybeat.host.portable.memory import PortableMemory


def raises() -> None:
    raise RuntimeError("no performance counters")


def psutil(swap: Any = None, **memory: float) -> Any:
    found = {"total": 1000, "available": 600, "free": 100} | memory
    return SimpleNamespace(
        Error=OSError,
        virtual_memory=lambda: SimpleNamespace(**found),
        swap_memory=swap or (lambda: SimpleNamespace(total=500, used=50)),
    )


def test_what_is_not_available_is_used() -> None:
    reading = PortableMemory(psutil()).read()
    assert (reading.total, reading.available, reading.used) == (1000, 600, 400)


def test_what_a_system_does_not_tell_is_none() -> None:
    reading = PortableMemory(psutil()).read()
    assert (reading.cached, reading.buffers) == (None, None)
    assert PortableMemory(psutil(cached=7, buffers=3)).read().cached == 7


def test_fields_have_node_exporters_names() -> None:
    assert PortableMemory(psutil(wired=40, active=30)).read().fields == {
        "total_bytes": 1000,
        "free_bytes": 100,
        "active_bytes": 30,
        "wired_bytes": 40,
        "swap_total_bytes": 500,
        "swap_used_bytes": 50,
    }


def test_swap_is_left_out_where_psutil_fails() -> None:
    reading = PortableMemory(psutil(swap=raises)).read()
    assert (reading.swap_total, reading.swap_used) == (None, None)
    assert reading.fields == {"total_bytes": 1000, "free_bytes": 100}
