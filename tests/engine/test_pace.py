from traybeat.engine.pace import SLOWEST, Cost, Pace
from traybeat.model.settings import Limits


def minutes(pace: Pace, count: int, cpu: float, memory: float, start: float = 0.0) -> list[str]:
    changes = (pace.weigh(Cost(start + 5.0 * n, cpu, memory)) for n in range(count * 13))
    return [change for change in changes if change]


def test_below_its_limits_it_keeps_its_pace() -> None:
    pace = Pace(Limits(cpu_percent=2, memory_mb=50))
    assert minutes(pace, 10, 1.9, 49) == []
    assert pace.stretch == 1


def test_a_minute_over_the_limit_halves_the_pace_and_a_moment_does_not() -> None:
    pace = Pace(Limits(cpu_percent=2, memory_mb=50))
    assert pace.weigh(Cost(0, 90, 40)) is None
    assert pace.weigh(Cost(5, 90, 40)) is None
    assert pace.stretch == 1
    pace = Pace(Limits(cpu_percent=2, memory_mb=50))
    assert minutes(pace, 1, 2.5, 40) == ["slower"]
    assert pace.stretch == 2


def test_memory_over_its_limit_counts_too() -> None:
    pace = Pace(Limits(cpu_percent=2, memory_mb=50))
    assert minutes(pace, 1, 0.1, 51) == ["slower"]
    assert minutes(pace, 5, 0.1, 51, start=1000) == []
    assert pace.stretch == 2


def test_it_never_gets_slower_than_eightfold() -> None:
    pace = Pace(Limits(cpu_percent=2, memory_mb=50))
    minutes(pace, 10, 90, 40)
    assert pace.stretch == SLOWEST


def test_it_recovers_once_the_faster_pace_would_fit() -> None:
    pace = Pace(Limits(cpu_percent=2, memory_mb=50))
    minutes(pace, 1, 3, 40)
    assert minutes(pace, 2, 1.5, 40, start=100) == []
    assert minutes(pace, 1, 0.5, 40, start=1000) == ["faster"]
    assert pace.stretch == 1
