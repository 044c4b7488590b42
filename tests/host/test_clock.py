import time

from traybeat.host.clock import SystemClock


def test_the_wall_clock_is_the_systems() -> None:
    before = time.time()
    assert before <= SystemClock().wall() <= time.time()


def test_monotonic_time_never_goes_back() -> None:
    clock = SystemClock()
    readings = [clock.monotonic() for _ in range(1000)]
    assert readings == sorted(readings)


def test_monotonic_time_counts_sleep_where_the_system_has_such_a_clock() -> None:
    identity = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
    if identity is not None:
        before = time.clock_gettime(identity)
        assert before <= SystemClock().monotonic() <= time.clock_gettime(identity)
