import sys
import time

from traybeat.host.clock import SystemClock, slept

if sys.platform == "win32":
    sleepless = time.perf_counter
else:

    def sleepless() -> float:
        return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def test_the_wall_clock_is_the_systems() -> None:
    before = time.time()
    assert before <= SystemClock().wall() <= time.time()


def test_monotonic_time_never_goes_back() -> None:
    clock = SystemClock()
    readings = [clock.monotonic() for _ in range(1000)]
    assert readings == sorted(readings)


def test_monotonic_time_counts_sleep() -> None:
    before = sleepless()
    assert before <= SystemClock().monotonic() <= sleepless()


def test_a_machine_that_stays_awake_has_not_slept() -> None:
    before = slept()
    assert abs(slept() - before) < 0.5
