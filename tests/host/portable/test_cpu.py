import os
from collections import namedtuple
from types import SimpleNamespace
from typing import Any

from fakes import FakeClock
from traybeat.host.portable.cpu import PortableCpu

Times = namedtuple("Times", "user system idle")


def raises() -> None:
    raise OSError("not on this system")


def psutil(**calls: Any) -> Any:
    known: dict[str, Any] = {
        "cpu_times": lambda *, percpu: [Times(1.0, 2.0, 3.0), Times(4.0, 5.0, 6.0)] if percpu else None,
        "cpu_stats": lambda: SimpleNamespace(ctx_switches=7, interrupts=8),
        "cpu_freq": lambda: SimpleNamespace(current=1800.0),
        "boot_time": lambda: 1_700_000_000.0,
    }
    return SimpleNamespace(Error=RuntimeError, **(known | calls))


def test_each_core_has_the_modes_that_its_system_knows() -> None:
    reading = PortableCpu(psutil(), FakeClock()).read()
    assert reading.cores == {
        "0": {"user": 1.0, "system": 2.0, "idle": 3.0},
        "1": {"user": 4.0, "system": 5.0, "idle": 6.0},
    }


def test_statistics_frequency_and_boot_time_are_told() -> None:
    reading = PortableCpu(psutil(), FakeClock()).read()
    assert (reading.context_switches, reading.interrupts) == (7, 8)
    assert reading.frequency == 1.8e9
    assert reading.boot_time == 1_700_000_000.0


def test_what_psutil_can_not_tell_is_left_out() -> None:
    reading = PortableCpu(psutil(cpu_stats=raises, cpu_freq=raises, boot_time=raises), FakeClock()).read()
    assert reading.cores
    assert (reading.context_switches, reading.interrupts, reading.frequency) == (None, None, None)
    assert reading.boot_time is None


def test_a_frequency_of_zero_is_none() -> None:
    fake = psutil(cpu_freq=lambda: SimpleNamespace(current=0.0))
    assert PortableCpu(fake, FakeClock()).read().frequency is None


def test_load_is_the_systems_own_where_it_keeps_one() -> None:
    load = PortableCpu(psutil(), FakeClock()).read().load
    if hasattr(os, "getloadavg"):
        assert load is not None
        assert all(one >= 0 for one in load)
    else:
        assert load is None
