from types import SimpleNamespace
from typing import Any

from traybeat.collectors.memory import REGISTRATION
from traybeat.model.readings.memory import MemoryReading


def collect(*readings: MemoryReading) -> list[dict[str, float]]:
    left = list(readings)
    machine: Any = SimpleNamespace(memory=SimpleNamespace(read=lambda: left.pop(0)))
    collector = REGISTRATION.build(machine, REGISTRATION.options())
    return [{sample.metric.name: sample.value for sample in collector.collect().samples} for _ in readings]


def test_memory_and_swap_are_given_with_their_used_shares() -> None:
    reading = MemoryReading(total=1000, available=750, used=250, cached=100, buffers=10, swap_total=400, swap_used=100)
    assert collect(reading) == [
        {
            "system_memory_total_bytes": 1000,
            "system_memory_used_bytes": 250,
            "system_memory_available_bytes": 750,
            "system_memory_used_ratio": 0.25,
            "system_memory_cached_bytes": 100,
            "system_memory_buffers_bytes": 10,
            "system_swap_total_bytes": 400,
            "system_swap_used_bytes": 100,
            "system_swap_used_ratio": 0.25,
        }
    ]


def test_a_system_that_tells_less_gives_less() -> None:
    (found,) = collect(MemoryReading(total=1000, available=750, used=250))
    assert set(found) == {
        "system_memory_total_bytes",
        "system_memory_used_bytes",
        "system_memory_available_bytes",
        "system_memory_used_ratio",
    }


def test_a_machine_without_swap_uses_none_of_it() -> None:
    (found,) = collect(MemoryReading(total=1, available=1, used=0, swap_total=0, swap_used=0))
    assert (found["system_swap_total_bytes"], found["system_swap_used_ratio"]) == (0, 0)


def test_a_machine_that_claims_to_have_no_memory_has_no_used_share() -> None:
    (found,) = collect(MemoryReading(total=0, available=0, used=0))
    assert "system_memory_used_ratio" not in found


def test_node_exporters_fields_are_gauges_with_their_unit() -> None:
    reading = MemoryReading(total=1, available=1, used=0, fields={"Cached_bytes": 5, "HugePages_Free": 2})
    machine: Any = SimpleNamespace(memory=SimpleNamespace(read=lambda: reading))
    collector = REGISTRATION.build(machine, REGISTRATION.options())
    first, second = collector.collect().samples, collector.collect().samples
    found = [(sample.metric.name, sample.value, sample.metric.unit) for sample in first]
    assert ("node_memory_Cached_bytes", 5, "bytes") in found
    assert ("node_memory_HugePages_Free", 2, "") in found
    assert all(a.metric is b.metric for a, b in zip(first, second, strict=True))
