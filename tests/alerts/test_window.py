import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traybeat.alerts.window import SLOTS, Window
from traybeat.model.alert import Function, Reduction


def run(function: Function, points: list[tuple[float, float]], minutes: float = 1, ahead: float = 60) -> float | None:
    window = Window(Reduction(function, minutes, ahead))
    result = None
    for time, value in points:
        result = window.add(time, value)
    return result


TEN = [(2.0 * n, float(v)) for n, v in enumerate([5, 1, 4, 2, 8, 6, 7, 3, 9, 0, *[5] * 10, 2])]


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("last", 2),
        ("avg", statistics.fmean(value for _, value in TEN)),
        ("min", 0),
        ("max", 9),
        ("sum", sum(value for _, value in TEN)),
    ],
)
def test_a_reduction_comes_to_what_its_name_says(function: Function, expected: float) -> None:
    assert run(function, TEN) == pytest.approx(expected)


def test_nothing_is_said_before_half_of_the_window_was_seen() -> None:
    points = [(float(n), 100.0) for n in range(30)]
    assert run("avg", points) is None
    assert run("avg", [*points, (30.0, 100.0)]) == 100


def test_values_older_than_the_window_no_longer_count() -> None:
    assert run("max", [(0.0, 99.0), *((float(n), 1.0) for n in range(20, 61))]) == 1


def test_after_a_sleep_longer_than_the_window_it_begins_anew() -> None:
    assert run("avg", [*((float(n), 1.0) for n in range(60)), (9000.0, 1.0)]) is None


def test_a_rate_is_of_the_growth_per_second_and_survives_a_reset() -> None:
    counter = [(0.0, 100.0), (20.0, 140.0), (40.0, 10.0), (50.0, 20.0)]
    assert run("rate", counter) == pytest.approx((40 + 10 + 10) / 50)


def test_a_delta_is_of_the_whole_window() -> None:
    falling = [(float(n), 100.0 - n) for n in range(0, 60, 2)]
    assert run("delta", falling) == pytest.approx(-60)


def test_a_delta_of_half_a_window_is_not_stretched_to_a_whole_one() -> None:
    falling = [(float(n), 100.0 - n) for n in range(0, 32, 2)]
    assert run("delta", falling) == pytest.approx(-32)


def test_a_prediction_goes_on_along_the_line() -> None:
    filling = [(1e9 + 2 * n, 0.5 + 0.001 * n) for n in range(30)]
    assert run("predict", filling, ahead=10) == pytest.approx(0.529 + 0.0005 * 600, rel=1e-9)


@given(st.lists(st.floats(-1e6, 1e6), min_size=20, max_size=29))
def test_a_prediction_is_the_line_of_least_squares(values: list[float]) -> None:
    points = [(2.0 * n, value) for n, value in enumerate(values)]
    slope, intercept = statistics.linear_regression(*zip(*points, strict=True))
    expected = intercept + slope * (points[-1][0] + 3600)
    assert run("predict", points) == pytest.approx(expected, rel=1e-6, abs=1e-3)


@given(st.lists(st.tuples(st.floats(0.01, 3), st.integers(0, 9)), min_size=1, max_size=200))
def test_a_window_agrees_with_its_definition_whatever_comes(steps: list[tuple[float, int]]) -> None:
    """Where no two values fall in one slot, which at a fifth of a second each is hard to come by: compare sums."""
    time, points = 1000.0, []
    window = Window(Reduction("sum", 1))
    for elapsed, value in steps:
        time += max(elapsed, 0.21)
        points.append((time, value))
        result = window.add(time, value)
        inside = [(then, one) for then, one in points if then > time - 60]
        assert result == (sum(one for _, one in inside) if time - inside[0][0] >= 30 else None)


@pytest.mark.parametrize(("function", "expected"), [("avg", 4.5), ("min", 0), ("max", 9), ("last", 9), ("sum", 4.5e4)])
def test_a_long_window_stays_small_and_loses_no_extreme(function: Function, expected: float) -> None:
    window = Window(Reduction(function, 60))
    result = None
    for n in range(10_000):
        result = window.add(n * 0.36, float(n % 10))
    assert len(window.times) <= SLOTS + 1
    assert result == pytest.approx(expected, rel=0.01)


def test_a_past_from_history_is_put_in_front() -> None:
    alone, warmed = Window(Reduction("avg", 1)), Window(Reduction("avg", 1))
    for n in range(50):
        alone.add(float(n), float(n))
    for n in range(40, 50):
        warmed.add(float(n), float(n))
    warmed.precede([(float(n), float(n)) for n in range(45)])
    assert warmed.value == alone.value == 24.5
    assert warmed.add(200.0, 3.0) is None


def test_a_window_that_has_seen_nothing_takes_its_past_too() -> None:
    window = Window(Reduction("max", 1))
    window.precede([(float(n), float(n)) for n in range(50)])
    assert window.value == 49


def test_a_long_prediction_is_made_anew_once_a_slot() -> None:
    window = Window(Reduction("predict", 60, 60))
    made = {window.add(n * 1.0, float(n)) for n in range(3600)}
    assert len(made) < SLOTS
    assert window.value == pytest.approx(3599 + 3600, rel=0.01)
