from traybeat.model.metric import gauge
from traybeat.model.series import distinct

HEAT = gauge("heat", "", "Heat.", "place")
COLD = gauge("cold", "", "Cold.", "place")


def test_of_two_samples_for_one_series_the_first_stays_and_the_other_is_counted() -> None:
    found = distinct([HEAT.sample(1, "here"), HEAT.sample(2, "here"), COLD.sample(3, "here")])
    assert found.samples == (HEAT.sample(1, "here"), COLD.sample(3, "here"))
    assert found.dropped == {"same_labels": 1}


def test_where_all_series_differ_nothing_is_counted() -> None:
    assert distinct([HEAT.sample(1, "here"), HEAT.sample(1, "there")]).dropped == {}
