import pytest
from hypothesis import given
from hypothesis import strategies as st

from traybeat.model.rate import Rates, longest_gap


def test_the_first_reading_gives_no_rates() -> None:
    assert Rates[str](60)(10.0, {"a": 5.0}) == {}


def test_a_rate_is_what_was_counted_in_a_second() -> None:
    rates = Rates[str](60)
    rates(10.0, {"a": 5.0, "b": 1.0})
    assert rates(14.0, {"a": 25.0, "b": 1.0}) == {"a": 5.0, "b": 0.0}


def test_a_counter_that_goes_back_gives_no_rate_and_the_next_one_does() -> None:
    rates = Rates[str](60)
    rates(0.0, {"a": 100.0, "b": 0.0})
    assert rates(1.0, {"a": 3.0, "b": 7.0}) == {"b": 7.0}
    assert rates(2.0, {"a": 5.0, "b": 7.0}) == {"a": 2.0, "b": 0.0}


def test_a_key_that_went_and_came_back_needs_a_reading_before_it_has_a_rate() -> None:
    rates = Rates[str](60)
    rates(0.0, {"a": 1.0, "b": 1.0})
    rates(1.0, {"b": 1.0})
    assert rates(2.0, {"a": 9.0, "b": 1.0}) == {"b": 0.0}
    assert rates(3.0, {"a": 10.0, "b": 1.0}) == {"a": 1.0, "b": 0.0}


def test_a_gap_longer_than_allowed_gives_no_rates() -> None:
    rates = Rates[str](60)
    rates(0.0, {"a": 0.0})
    assert rates(61.0, {"a": 1e9}) == {}
    assert rates(62.0, {"a": 1e9 + 2}) == {"a": 2.0}


@pytest.mark.parametrize("later", [10.0, 9.0])
def test_a_clock_that_does_not_go_on_gives_no_rates(later: float) -> None:
    rates = Rates[str](60)
    rates(10.0, {"a": 0.0})
    assert rates(later, {"a": 1.0}) == {}


def test_slow_collectors_may_have_longer_gaps() -> None:
    assert longest_gap(2) == 60
    assert longest_gap(3600) == 12 * 3600


_COUNTERS = st.dictionaries(st.sampled_from("abc"), st.floats(0, 1e18))


@given(st.lists(st.tuples(st.floats(0, 1e6), _COUNTERS), max_size=20))
def test_rates_are_never_negative(readings: list[tuple[float, dict[str, float]]]) -> None:
    rates = Rates[str](60)
    for now, counters in readings:
        found = rates(now, counters)
        assert set(found) <= set(counters)
        assert all(rate >= 0 for rate in found.values())
