import pytest

from traybeat.alerts.digest import digest, foremost
from traybeat.alerts.looks import Look, Track


def track(*looks: tuple[float, float | None], gap: float = 15.0, core: str = "0") -> Track:
    return Track((("core", core),), [Look(time, value, gap) for time, value in looks])


def test_looks_are_summed_up_by_stretches_of_equal_length() -> None:
    found = digest(track((100, 1.0), (105, 4.0), (110, 2.0), (199, 9.0), (200, 100.0), gap=100), 100, 200, 10)
    assert (found.labels, found.step) == ((("core", "0"),), 10)
    assert list(found.times) == [100, 110, 190]
    assert [list(found.averages), list(found.minima), list(found.maxima)] == [[2.5, 2, 9], [1, 2, 9], [4, 2, 9]]
    assert list(found.counts) == [2, 1, 1]
    assert found.gaps == ()


def test_a_time_without_looks_is_a_gap() -> None:
    assert digest(track((0, 1.0), (10, None), (40, 2.0)), 0, 100, 50).gaps == (1,)
    assert digest(track((0, 1.0), (40, 2.0)), 0, 100, 2).gaps == ()


def test_what_came_before_the_start_and_what_is_no_value_is_left_out() -> None:
    assert list(digest(track((-5, 7.0), (3, None)), 0, 10, 5).times) == []


@pytest.mark.parametrize(("operator", "kept"), [(">", ["1", "3"]), ("<", ["0", "2"])])
def test_of_too_many_series_those_are_drawn_that_come_furthest(operator: str, kept: list[str]) -> None:
    tracks = [track((0, value), core=str(n)) for n, value in enumerate([0.1, 0.8, 0.2, 0.9])]
    tracks.append(track((0, None), core="none"))
    found = foremost(tracks, operator, 2)  # type: ignore[arg-type]
    assert [one.labels[0][1] for one in found] == kept
    assert foremost(tracks, ">", 9) == tuple(tracks)
