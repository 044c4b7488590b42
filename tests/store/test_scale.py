import pytest
from hypothesis import given
from hypothesis import strategies as st

from traybeat.model.metric import gauge
from traybeat.store.scale import LARGEST, Scale

FRACTIONS = st.sampled_from([10.0**-n for n in range(1, 10)])
WHOLES = st.sampled_from([1, 2, 60, 4096, 1_000_000])


@given(st.one_of(FRACTIONS, WHOLES), st.floats(-1e9, 1e9))
def test_a_value_rounded_by_its_metric_comes_back_exactly(precision: float, value: float) -> None:
    sampled = gauge("m", "", "", precision=precision).sample(value).value
    scale = Scale(precision)
    try:
        steps = scale.steps(sampled)
    except OverflowError:
        assert abs(sampled / precision) > LARGEST / 2
        return
    assert scale.values([steps]) == [sampled]
    assert scale.mean(steps) == sampled


@given(st.one_of(FRACTIONS, WHOLES), st.integers(1 - LARGEST, LARGEST - 1))
def test_whole_steps_come_back_exactly(precision: float, steps: int) -> None:
    scale = Scale(precision)
    assert scale.steps(scale.mean(steps)) == steps


@pytest.mark.parametrize("value", [float(1 << 51), -1e18, 1e300])
def test_what_would_lose_digits_is_refused(value: float) -> None:
    with pytest.raises(OverflowError):
        Scale(1).steps(value)


@pytest.mark.parametrize("precision", [2.5, 0.003])
def test_an_odd_precision_scales_nothing(precision: float) -> None:
    with pytest.raises(OverflowError):
        Scale(precision).steps(5.0)


def test_averages_are_exact() -> None:
    assert Scale(0.1).means([3, 10], [3, 4]) == [0.1, 0.25]
    assert Scale(1_000_000).means([3], [2]) == [1_500_000]
