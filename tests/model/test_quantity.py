import pytest

from traybeat.model.quantity import quantity, span, unit_of


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (0.934, "ratio", "93.4 %"),
        (1.0, "ratio", "100 %"),
        (0.00042, "ratio", "0 %"),
        (0, "bytes", "0 B"),
        (999, "bytes", "999 B"),
        (999.7, "bytes", "1 kB"),
        (16_384_000_000, "bytes", "16.4 GB"),
        (123_456_789_012, "bytes", "123 GB"),
        (1e21, "bytes", "1000 EB"),
        (-2_500_000, "bytes", "-2.5 MB"),
        (1_234_567, "bytes_per_second", "1.2 MB/s"),
        (12.3456, "per_second", "12.3/s"),
        (71.456, "celsius", "71.5 °C"),
        (2_400_000_000, "hertz", "2.4 GHz"),
        (1480, "rpm", "1480 rpm"),
        (5400, "seconds", "1 h 30 min"),
        (1_700_000_000, "timestamp_seconds", "1700000000"),
        (3, "", "3"),
        (0.123456, "", "0.123"),
        (None, "ratio", "nothing"),
    ],
)
def test_a_value_is_written_as_people_read_its_unit(value: float | None, unit: str, expected: str) -> None:
    assert quantity(value, unit) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0 s"),
        (0.25, "0.25 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3600, "1 h"),
        (3661, "1 h 1 min"),
        (3605, "1 h"),
        (90_000, "1 d 1 h"),
        (604_800, "7 d"),
        (-90, "-1 min 30 s"),
    ],
)
def test_a_duration_has_its_two_largest_parts(seconds: float, expected: str) -> None:
    assert span(seconds) == expected


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("system_cpu_busy_ratio", "ratio"),
        ("system_memory_used_bytes", "bytes"),
        ("system_network_receive_bytes_per_second", "bytes_per_second"),
        ("system_network_receive_packets_per_second", "per_second"),
        ("node_cpu_seconds_total", "seconds"),
        ("node_boot_timestamp_seconds", "timestamp_seconds"),
        ("system_load1", ""),
        ("operations", ""),
    ],
)
def test_a_metric_tells_its_unit_by_its_name(metric: str, expected: str) -> None:
    assert unit_of(metric) == expected


def test_a_rate_is_per_second() -> None:
    assert unit_of("node_network_receive_bytes_total", rate=True) == "bytes_per_second"
    assert unit_of("node_forks_total", rate=True) == "per_second"
