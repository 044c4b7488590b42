"""The icon, drawn: status by colour and by shape, the number of alerts in it; large, then reduced for each size."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from traybeat.host.lean import PILLOW, without
from traybeat.tray.glance import Face

if TYPE_CHECKING:
    from PIL.Image import Image

Point = tuple[float, float]
Colour = tuple[int, int, int, int]

SIZES = (16, 22, 24, 32, 44, 64)
SCALE = 8
"""How much larger it is drawn than it is shown."""
STEPS = 16
WELL, INFO, WARNING = (26, 143, 90, 255), (59, 108, 246, 255), (214, 124, 0, 255)
CRITICAL, GREY, WHITE = (207, 47, 59, 255), (125, 138, 156, 255), (255, 255, 255, 255)
TRACK = (125, 138, 156, 90)
COLOURS = {
    "well": WELL, "info": INFO, "warning": WARNING, "critical": CRITICAL, "paused": GREY, "unknown": GREY,
}  # fmt: skip
MOST = 99

BEAT: Sequence[Point] = ((0.14, 0.52), (0.32, 0.52), (0.43, 0.24), (0.58, 0.78), (0.68, 0.52), (0.86, 0.52))
# Strokes of the digits in a box of 1 by 2, drawn with round ends; a font would cost a megabyte and a half.


def _oval(x: float, y: float, width: float, height: float, start: int = 0, end: int = 360) -> list[Point]:
    """Give points of an oval, clockwise from `start` degrees (0 is right) to `end`."""
    return [
        (x + width * math.cos(math.radians(angle)), y + height * math.sin(math.radians(angle)))
        for angle in range(start, end + 1, 15)
    ]


DIGITS: Sequence[Sequence[Sequence[Point]]] = (
    (_oval(0.5, 1, 0.46, 0.94),),
    ([(0.15, 0.5), (0.6, 0.06), (0.6, 1.94)],),
    ([*_oval(0.5, 0.55, 0.44, 0.5, 190, 390), (0.06, 1.92), (0.96, 1.92)],),
    (_oval(0.46, 0.52, 0.42, 0.46, 200, 450), _oval(0.46, 1.44, 0.48, 0.5, 270, 520)),
    ([(0.7, 1.94), (0.7, 0.08), (0.04, 1.4), (1.0, 1.4)],),
    ([(0.9, 0.08), (0.2, 0.08), (0.14, 0.86), *_oval(0.46, 1.3, 0.48, 0.62, 240, 510)],),
    ([(0.78, 0.06), (0.12, 1.1), *_oval(0.5, 1.36, 0.44, 0.56, 180, 540)],),
    ([(0.06, 0.08), (0.94, 0.08), (0.4, 1.94)],),
    (_oval(0.5, 0.52, 0.38, 0.46), _oval(0.5, 1.46, 0.46, 0.5)),
    ([(0.22, 1.94), (0.88, 0.9), *_oval(0.5, 0.64, 0.44, 0.56, 0, 360)],),
)


def draw(face: Face, size: int, *, template: bool = False) -> "Image":
    """Draw the icon so many pixels wide and high, as RGBA; a template has one colour, for systems that tint it."""
    with without(*PILLOW):
        from PIL import Image, ImageDraw

    large = size * SCALE
    picture = Image.new("RGBA", (large, large), (0, 0, 0, 0))
    canvas = Canvas(ImageDraw.Draw(picture), large, template=template)
    _MODES.get(face.mode if face.level not in {"paused", "unknown"} else "status", _status)(canvas, face)
    return picture.resize((size, size), Image.Resampling.LANCZOS, reducing_gap=3.0)


class Canvas:
    """Draws in a square whose sides are 1."""

    def __init__(self, pen: Any, side: int, *, template: bool = False) -> None:
        self._pen = pen
        self._side = side
        self._template = template

    def _colour(self, colour: Colour) -> Colour:
        return colour if not self._template else (0, 0, 0, 0) if colour == WHITE else (0, 0, 0, colour[3])

    def polygon(self, points: Sequence[Point], colour: Colour, rounding: float = 0.0) -> None:
        """Fill a polygon; its corners are rounded by a radius outwards."""
        scaled = [(x * self._side, y * self._side) for x, y in points]
        self._pen.polygon(scaled, fill=self._colour(colour))
        if rounding:
            self.line([*points, points[0], points[1]], 2 * rounding, colour)

    def line(self, points: Sequence[Point], width: float, colour: Colour) -> None:
        """Draw a line with round ends and corners."""
        scaled = [(x * self._side, y * self._side) for x, y in points]
        thick = max(1, round(width * self._side))
        fill = self._colour(colour)
        self._pen.line(scaled, fill=fill, width=thick, joint="curve")
        for x, y in scaled:
            half = thick / 2
            self._pen.ellipse((x - half, y - half, x + half, y + half), fill=fill)

    def box(self, left: float, top: float, right: float, bottom: float, colour: Colour, radius: float = 0.0) -> None:
        """Fill a box with rounded corners."""
        sides = [value * self._side for value in (left, top, right, bottom)]
        self._pen.rounded_rectangle(sides, radius * self._side, fill=self._colour(colour))

    def hole(self, middle: Point, radius: float) -> None:
        """Clear a circle."""
        x, y, far = middle[0] * self._side, middle[1] * self._side, radius * self._side
        self._pen.ellipse((x - far, y - far, x + far, y + far), fill=(0, 0, 0, 0))

    def ring(self, middle: Point, radius: float, width: float, colour: Colour) -> None:
        """Draw a ring."""
        x, y = (value * self._side for value in middle)
        far = radius * self._side
        thick = max(1, round(width * self._side))
        self._pen.ellipse((x - far, y - far, x + far, y + far), outline=self._colour(colour), width=thick)


def number(canvas: Canvas, value: int, middle: Point, height: float, colour: Colour = WHITE, weight: float = 1) -> None:
    """Write a number around a point; beyond 99 a plus follows 99."""
    digits = [int(digit) for digit in str(min(value, MOST))]
    unit = height / 2
    gap = unit * 0.42
    width = len(digits) * unit + (len(digits) - 1) * gap
    left, top = middle[0] - width / 2, middle[1] - height / 2
    for place, digit in enumerate(digits):
        x = left + place * (unit + gap)
        for stroke in DIGITS[digit]:
            points = [(x + px * unit, top + py * unit) for px, py in stroke]
            canvas.line(points, unit * 0.36 * weight, colour)


def _status(canvas: Canvas, face: Face) -> None:
    _SHAPES[face.level](canvas, face, (0.5, 0.5), 0.5)


def _well(canvas: Canvas, face: Face, middle: Point, reach: float) -> None:
    left, top = middle[0] - reach * 0.94, middle[1] - reach * 0.94
    side = reach * 1.88
    canvas.box(left, top, left + side, top + side, COLOURS[face.level], side * 0.24)
    canvas.line([(left + x * side, top + y * side) for x, y in BEAT], side * 0.095, WHITE)


def _info(canvas: Canvas, face: Face, middle: Point, reach: float) -> None:
    x, y = middle
    far = reach * 0.8
    canvas.polygon([(x, y - far), (x + far, y), (x, y + far), (x - far, y)], INFO, reach * 0.14)
    number(canvas, face.alerts, middle, reach * (0.86 if face.alerts < 10 else 0.62))  # noqa: PLR2004 (two digits)


def _warning(canvas: Canvas, face: Face, middle: Point, reach: float) -> None:
    x, y = middle
    corners = [(x, y - reach * 0.8), (x + reach * 0.84, y + reach * 0.74), (x - reach * 0.84, y + reach * 0.74)]
    canvas.polygon(corners, WARNING, reach * 0.14)
    two = face.alerts >= 10  # noqa: PLR2004 (two digits)
    number(canvas, face.alerts, (x, y + reach * (0.34 if two else 0.28)), reach * (0.66 if two else 0.86))


def _critical(canvas: Canvas, face: Face, middle: Point, reach: float) -> None:
    x, y = middle
    turn = math.pi / 8
    corners = [
        (x + reach * 0.96 * math.cos(turn + step * math.pi / 4), y + reach * 0.96 * math.sin(turn + step * math.pi / 4))
        for step in range(8)
    ]
    canvas.polygon(corners, CRITICAL, reach * 0.03)
    number(canvas, face.alerts, middle, reach * (1.0 if face.alerts < 10 else 0.8))  # noqa: PLR2004 (two digits)


def _resting(canvas: Canvas, face: Face, middle: Point, reach: float) -> None:
    canvas.ring(middle, reach * 0.92, reach * 0.18, GREY)
    x, y = middle
    if face.level == "paused":
        for side in (-1, 1):
            canvas.line(
                [(x + side * reach * 0.2, y - reach * 0.3), (x + side * reach * 0.2, y + reach * 0.3)],
                reach * 0.2,
                GREY,
            )
    else:
        canvas.line([(x - reach * 0.34, y), (x + reach * 0.34, y)], reach * 0.2, GREY)


_SHAPES = {
    "well": _well, "info": _info, "warning": _warning, "critical": _critical, "paused": _resting, "unknown": _resting,
}  # fmt: skip


def _badge(canvas: Canvas, face: Face) -> None:
    """Put the status of alerts over a picture of readings."""
    if face.alerts:
        canvas.hole((0.68, 0.68), 0.4)
        _SHAPES[face.level](canvas, face, (0.68, 0.68), 0.32)


def _bar(canvas: Canvas, left: float, right: float, filled: int, colour: Colour) -> None:
    canvas.box(left, 0.06, right, 0.94, TRACK, 0.1)
    top = 0.94 - 0.88 * filled / STEPS
    if filled:
        canvas.box(left, min(top, 0.86), right, 0.94, colour, 0.08)


def _cpu(canvas: Canvas, face: Face) -> None:
    _bar(canvas, 0.28, 0.72, face.cpu, COLOURS[face.level])
    _badge(canvas, face)


def _cpu_memory(canvas: Canvas, face: Face) -> None:
    _bar(canvas, 0.1, 0.44, face.cpu, COLOURS[face.level])
    _bar(canvas, 0.56, 0.9, face.memory, (138, 92, 246, 255))
    _badge(canvas, face)


def _number(canvas: Canvas, face: Face) -> None:
    canvas.box(0.03, 0.03, 0.97, 0.97, COLOURS[face.level], 0.2)
    number(canvas, face.cpu, (0.5, 0.5), 0.52 if face.cpu >= 10 else 0.58)  # noqa: PLR2004 (two digits)
    _badge(canvas, face)


def _sparkline(canvas: Canvas, face: Face) -> None:
    canvas.box(0.03, 0.03, 0.97, 0.97, TRACK, 0.16)
    past = face.past or (0,)
    width = 0.82 / max(1, len(past) - 1)
    points = [(0.09 + place * width, 0.88 - 0.76 * value / STEPS) for place, value in enumerate(past)]
    canvas.line(points, 0.09, COLOURS[face.level])
    _badge(canvas, face)


_MODES = {
    "status": _status, "cpu": _cpu, "cpu-memory": _cpu_memory, "number": _number, "sparkline": _sparkline,
}  # fmt: skip
