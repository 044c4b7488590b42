from traybeat.api.types.metrics import Unseen
from traybeat.api.unseen import explained, gaps
from traybeat.store.query import Line
from traybeat.store.series import Series

HOUR = 3600.0


def line(*points: tuple[float, float], step: float = 10.0, gaps: tuple[int, ...] = ()) -> Line:
    times, values = [time for time, _ in points], [value for _, value in points]
    return Line(Series("m", {}, "", "", 0.0, 0.0), step, times, values, values, values, [1] * len(points), gaps)


def test_a_gap_of_the_heartbeat_is_told_and_a_short_one_is_not() -> None:
    beats = line((0, 1), (10, 1), (HOUR, 1), (HOUR + 50, 1), gaps=(2, 3))
    assert list(gaps([beats])) == [(20.0, HOUR, 10.0)]


def test_a_sleep_of_that_length_explains_it() -> None:
    assert explained(20, HOUR, 10, [line((HOUR, HOUR - 30))], []) == Unseen(20, HOUR, "asleep")


def test_several_sleeps_together_explain_it_and_a_short_one_does_not() -> None:
    sleeps = [line((HOUR / 2, HOUR * 0.3), (HOUR, HOUR * 0.3))]
    assert explained(20, HOUR, 10, sleeps, []).reason == "asleep"
    assert explained(20, HOUR, 10, [line((HOUR, 60))], []).reason == "unknown"


def test_a_start_of_traybeat_explains_it_by_how_long_the_machine_had_been_up() -> None:
    assert explained(20, HOUR, 10, [], [line((HOUR, 9 * HOUR))]).reason == "stopped"
    assert explained(20, HOUR, 10, [], [line((HOUR, 40))]).reason == "off"


def test_a_start_at_another_time_explains_nothing() -> None:
    assert explained(20, HOUR, 10, [], [line((2 * HOUR, 40))]).reason == "unknown"
