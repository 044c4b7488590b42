import itertools
from typing import Any, get_args

import pytest

from traybeat.tray.glance import Face, Level, Mode
from traybeat.tray.linux.pixmap import pixmaps
from traybeat.tray.picture import COLOURS, SIZES, draw

LEVELS = [level for level in get_args(Level) if level != "unknown"]  # which rests as what is paused does
FACES = [Face(level, 3 if level in {"info", "warning", "critical"} else 0, "status") for level in LEVELS]


def colours_of(picture: Any) -> list[tuple[int, tuple[int, int, int, int]]]:
    """Count the colours of a picture."""
    return picture.getcolors(4096) or []


def outline(face: Face, size: int) -> bytes:
    """Give the shape alone: where anything is drawn at all."""
    return draw(face, size).getchannel("A").point(lambda value: 255 * (value > 127)).tobytes()


@pytest.mark.parametrize("size", SIZES)
def test_every_status_has_a_shape_of_its_own_at_every_size(size: int) -> None:
    for one, other in itertools.combinations(FACES, 2):
        differing = sum(a != b for a, b in zip(outline(one, size), outline(other, size), strict=True))
        assert differing >= size * size * 0.03, (one.level, other.level)


def test_every_status_has_its_colour() -> None:
    for face in FACES:
        picture = draw(face, 64)
        colours = {colour[:3] for _, colour in colours_of(picture) if colour[3] == 255}
        assert COLOURS[face.level][:3] in colours


def test_the_number_of_alerts_can_be_told_apart_at_sixteen_pixels() -> None:
    pictures = [draw(Face("critical", number, "status"), 16).tobytes() for number in (*range(1, 13), 47, 99)]
    assert len(set(pictures)) == len(pictures)
    assert draw(Face("critical", 99, "status"), 16).tobytes() == draw(Face("critical", 100, "status"), 16).tobytes()


@pytest.mark.parametrize("mode", get_args(Mode))
def test_every_mode_is_drawn_within_its_square(mode: Mode) -> None:
    for alerts, level in ((0, "well"), (2, "warning")):
        picture = draw(Face(level, alerts, mode, 9, 5, (1, 5, 16, 3)), 44)  # type: ignore[arg-type]
        assert picture.size == (44, 44)
        assert picture.getbbox() is not None
        assert picture.getpixel((0, 0))[3] < 64  # type: ignore[index]


def test_a_busier_processor_is_a_higher_bar() -> None:
    def coloured(cpu: int) -> int:
        picture = draw(Face("well", 0, "cpu", cpu), 32)
        return sum(count for count, colour in colours_of(picture) if colour[:3] == COLOURS["well"][:3])

    heights = [coloured(cpu) for cpu in (0, 4, 8, 12, 16)]
    assert heights == sorted(heights)
    assert heights[0] < heights[-1]


def test_an_alert_is_shown_over_readings() -> None:
    calm, alarmed = (draw(Face(level, alerts, "cpu", 8), 32) for level, alerts in (("well", 0), ("critical", 1)))  # type: ignore[arg-type]
    assert calm.tobytes() != alarmed.tobytes()


def test_a_template_has_one_colour() -> None:
    for face in FACES:
        picture = draw(face, 44, template=True)
        assert {colour[:3] for _, colour in colours_of(picture) if colour[3] > 200} <= {(0, 0, 0)}


def test_pixmaps_are_argb_in_network_order() -> None:
    found = pixmaps(Face("well", 0, "status"))
    assert [width for width, *_ in found] == list(SIZES)
    width, height, data = found[-1]
    assert len(data) == width * height * 4
    middle = (height // 2 * width + 4) * 4
    assert data[middle] > 250
    assert tuple(data[middle + 1 : middle + 4]) == COLOURS["well"][:3]
