import pytest
from hypothesis import given
from hypothesis import strategies as st

from traybeat.model.metric import Kind, Metric, counter, gauge


def test_a_sample_is_rounded_to_the_precision_of_its_metric() -> None:
    assert gauge("a_ratio", "ratio", "A.", precision=1e-4).sample(0.123456).value == 0.1235


def test_whole_precisions_round_to_their_multiples() -> None:
    assert gauge("a_hertz", "hertz", "A.", precision=1_000_000).sample(2_400_499_999).value == 2_400_000_000
    assert gauge("a_bytes", "bytes", "A.", precision=1).sample(1.6).value == 2.0


def test_a_metric_without_a_precision_keeps_the_value() -> None:
    assert counter("a_total", "", "A.").sample(0.123456789).value == 0.123456789


def test_labels_are_kept_in_the_order_they_were_given() -> None:
    metric = gauge("a", "", "A.", "x", "y")
    sample = metric.sample(1, "first", "second")
    assert (sample.metric, sample.labels) == (metric, ("first", "second"))


@pytest.mark.parametrize("precision", [0.5, 0.003, 2e-4])
def test_a_precision_below_one_must_be_a_power_of_ten(precision: float) -> None:
    with pytest.raises(ValueError, match="not a power of ten"):
        gauge("a", "", "A.", precision=precision)


def test_a_counter_is_exported_and_never_recorded() -> None:
    metric = counter("a_total", "bytes", "A.", "device")
    assert (metric.kind, metric.unit, metric.labels, metric.precision) == (Kind.COUNTER, "bytes", ("device",), None)


def test_metrics_that_are_declared_alike_are_equal() -> None:
    assert gauge("a", "", "A.", precision=0.1) == Metric("a", Kind.GAUGE, "", "A.", (), 0.1)


@given(st.floats(-1e12, 1e12), st.sampled_from((1, 1000, 0.1, 0.01, 1e-4, 1e-5)))
def test_rounding_stays_within_half_a_step_and_changes_nothing_the_second_time(value: float, precision: float) -> None:
    metric = gauge("a", "", "A.", precision=precision)
    once = metric.sample(value).value
    assert abs(once - value) <= precision * 0.500001 + abs(value) * 1e-15
    assert metric.sample(once).value == once
