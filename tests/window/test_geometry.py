from pathlib import Path

import pytest

from traybeat.window.geometry import Area, Geometry, load, save, understood

SCREEN = Area(0, 0, 1920, 1080)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    save(tmp_path / "data" / "window.json", Geometry(800, 600, -5, 7))
    assert load(tmp_path / "data" / "window.json") == Geometry(800, 600, -5, 7)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"width": "wide", "x": true}', b'{"width": 0}', b'{"x": 99999}'])
def test_what_makes_no_sense_is_the_default(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "w").write_bytes(content)
    assert load(tmp_path / "w") == Geometry()
    assert load(tmp_path / "absent") == Geometry()


def test_a_window_that_can_be_seen_stays_where_it_was() -> None:
    assert Geometry(900, 700, 1800, 100).fitted([SCREEN]) == Geometry(900, 700, 1800, 100)
    assert Geometry(900, 700, 2000, 100).fitted([SCREEN, Area(1920, 0, 1280, 1024)]).x == 2000


@pytest.mark.parametrize(("x", "y"), [(2000, 100), (-900, 100), (100, 1079), (100, -50)])
def test_a_window_on_a_screen_that_is_gone_comes_back(x: int, y: int) -> None:
    assert Geometry(900, 700, x, y).fitted([SCREEN]) == Geometry(900, 700)


def test_a_window_larger_than_the_screens_is_made_smaller_and_never_too_small() -> None:
    assert Geometry(4000, 3000).fitted([SCREEN]) == Geometry(1920, 1080)
    assert Geometry(10, 10).fitted([SCREEN]) == Geometry(380, 480)
    assert Geometry(4000, 3000, 1, 1).fitted([]) == Geometry(4000, 3000, 1, 1)


def test_numbers_that_are_none_are_left_out() -> None:
    assert understood({"width": 900, "height": 1.5, "x": None}) == Geometry(width=900)
