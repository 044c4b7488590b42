import pytest

from traybeat.alerts.retry import PATIENCE_SECONDS, next_delay


def middle() -> float:
    return 0.5


@pytest.mark.parametrize(("attempts", "expected"), [(1, 10), (2, 20), (5, 160), (9, 2560), (10, 3600), (500, 3600)])
def test_the_delay_doubles_up_to_an_hour(attempts: int, expected: float) -> None:
    assert next_delay(attempts, 0, None, middle) == expected


def test_the_delay_is_scattered_by_a_quarter() -> None:
    assert next_delay(1, 0, None, lambda: 0.0) == 7.5
    assert next_delay(1, 0, None, lambda: 1.0) == 12.5


def test_what_the_other_side_asks_for_is_waited() -> None:
    assert next_delay(1, 0, 300, middle) == 300
    assert next_delay(6, 0, 1, middle) == 320


def test_nobody_can_ask_for_more_than_a_day() -> None:
    assert next_delay(1, 0, 1e9, middle) == PATIENCE_SECONDS


def test_after_a_day_of_waiting_it_is_given_up() -> None:
    waited, attempts = 0.0, 0
    while (delay := next_delay(attempts := attempts + 1, waited, None, middle)) is not None:
        waited += delay
    assert 0.95 * PATIENCE_SECONDS < waited <= PATIENCE_SECONDS
    assert attempts == 32
