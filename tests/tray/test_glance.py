import pytest

from traybeat.tray.glance import PAST, Face, Glance, face, level


@pytest.mark.parametrize(
    ("counts", "paused", "known", "expected"),
    [
        ({}, False, True, "well"),
        ({"info": 1}, False, True, "info"),
        ({"info": 1, "warning": 1}, False, True, "warning"),
        ({"warning": 3, "critical": 1}, False, True, "critical"),
        ({"critical": 1}, True, True, "paused"),
        ({}, False, False, "unknown"),
    ],
)
def test_the_worst_is_shown(counts: dict[str, int], paused: bool, known: bool, expected: str) -> None:
    assert level(counts, paused=paused, known=known) == expected


def test_what_can_not_be_seen_changes_no_face() -> None:
    one, other = Glance("well", 0, 0.5, 0.301), Glance("well", 0, 0.7, 0.302)
    assert face(one, "status") == face(other, "status")
    assert face(one, "cpu") != face(other, "cpu")
    assert face(one, "cpu-memory") == face(Glance("well", 0, 0.501, 0.3), "cpu-memory")
    assert face(Glance("well", 100), "status") == face(Glance("well", 3000), "status")


def test_a_face_at_rest_shows_no_readings() -> None:
    assert face(Glance("paused", 0, 0.5, 0.5), "sparkline", (0.1, 0.9)) == Face("paused", 0, "sparkline")


def test_a_number_is_the_percent_of_the_processor() -> None:
    assert face(Glance("well", 0, 0.47), "number").cpu == 47
    assert face(Glance("well", 0, None), "number").cpu == 0
    assert face(Glance("well", 0, 1.7), "number").cpu == 100


def test_a_sparkline_has_only_so_much_of_a_past() -> None:
    assert len(face(Glance("well"), "sparkline", (0.5,) * 100).past) == PAST
