"""A menu or a tooltip as a picture: what stands where, and what is at a place. Knows nothing of screens."""

import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from traybeat.tray.linux.popup import Anchor

FONT, LINE, RULE, PADDING, MARK, INDENT, LONGEST = 13, 26, 9, 6, 26, 14, 460
CARD, EDGE, INK, SOFT, CHOSEN = "#171b21", "#252b34", "#e9edf2", "#9aa5b4", "#2b3c6b"
_FONT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Row:
    """A line: one without a key is only told, one without a text is a rule."""

    text: str = ""
    key: str | None = None
    checked: bool | None = None
    indent: int = 0


class Area(NamedTuple):
    """A part of the screen."""

    x: int
    y: int
    width: int
    height: int


def rows(entries: Iterable[Mapping[str, Any]], indent: int = 0) -> list[Row]:
    """Lay out the entries of a menu one below the other; what belongs to one stands indented below it."""
    found = []
    for entry in entries:
        found.append(Row(entry["text"], entry["key"], entry["checked"], indent))
        found += rows(entry["children"], indent + 1)
    return found


def beside(anchor: Anchor, size: tuple[int, int], areas: Sequence[Area]) -> tuple[int, int]:
    """Give the place for something of that size: below the anchor or, where it has no room, above; on one screen."""
    area = next(
        (one for one in areas if one.x <= anchor.x < one.x + one.width and one.y <= anchor.y < one.y + one.height),
        areas[0],
    )
    width, height = size
    below = anchor.y + anchor.height
    y = below if below + height <= area.y + area.height else anchor.y - height
    x = min(anchor.x, area.x + area.width - width)
    return max(x, area.x), max(y, area.y)


def font_file(text: str, ask: Callable[[str], str] | None = None) -> tuple[str, int] | None:
    """Let fontconfig find the font that has most of the text's characters: its file, and its number in that."""
    letters = " ".join(sorted({f"{ord(letter):x}" for letter in text if letter > " "}))
    try:
        file, _, number = (ask or _fontconfig)(f"sans-serif:charset={letters}").strip().rpartition("\t")
    except (OSError, subprocess.SubprocessError):
        return None
    return (file, int(number) if number.isdigit() else 0) if file else None


def _fontconfig(pattern: str) -> str:
    done = subprocess.run(  # noqa: S603 (a fixed program and no shell)
        ["fc-match", "--format=%{file}\t%{index}", pattern],  # noqa: S607 (where it is, differs)
        capture_output=True,
        text=True,
        check=True,
        timeout=_FONT_SECONDS,
    )
    return done.stdout


class Sheet:
    """Rows as a picture; `scale` is how many of the screen's pixels one of ours is."""

    def __init__(self, lines: Sequence[Row], font: Any, scale: float, *, menu: bool) -> None:
        self._rows = lines
        self._font = font
        self._scale = scale
        self._left = MARK if menu else PADDING + 4
        wide = max((font.getlength(row.text) / scale + INDENT * row.indent for row in lines), default=0)
        self.width = self._px(min(wide, LONGEST) + self._left + 2 * PADDING + 8)
        self._tops = [PADDING]
        for row in lines:
            self._tops.append(self._tops[-1] + (LINE if row.text and menu else RULE if menu else LINE - 6))
        self.height = self._px(self._tops[-1] + PADDING)

    def at(self, x: int, y: int) -> int | None:
        """Say which row that may be chosen is at a place of the picture."""
        if not 0 <= x < self.width:
            return None
        for number, row in enumerate(self._rows):
            if self._px(self._tops[number]) <= y < self._px(self._tops[number + 1]):
                return number if row.key is not None else None
        return None

    def contains(self, x: int, y: int) -> bool:
        """Say whether a place is on the picture."""
        return 0 <= x < self.width and 0 <= y < self.height

    def next(self, current: int | None, step: int) -> int | None:
        """Give the next row that may be chosen, down or up, around the ends."""
        able = [number for number, row in enumerate(self._rows) if row.key is not None]
        if not able:
            return None
        if current not in able:
            return able[0 if step > 0 else -1]
        return able[(able.index(current) + step) % len(able)]

    def draw(self, chosen: int | None = None) -> Any:
        """Draw it, as RGBA; the chosen row stands out."""
        from PIL import Image, ImageDraw

        picture = Image.new("RGBA", (self.width, self.height), CARD)
        pen = ImageDraw.Draw(picture)
        pen.rectangle((0, 0, self.width - 1, self.height - 1), outline=EDGE)
        for number, row in enumerate(self._rows):
            top, bottom = self._px(self._tops[number]), self._px(self._tops[number + 1])
            if number == chosen:
                pen.rectangle((self._px(3), top, self.width - self._px(3) - 1, bottom - 1), fill=CHOSEN)
            self._row(pen, row, top, bottom)
        return picture

    def _row(self, pen: Any, row: Row, top: int, bottom: int) -> None:
        middle = (top + bottom) / 2
        if not row.text:
            pen.line((self._px(PADDING), middle, self.width - self._px(PADDING), middle), fill=EDGE, width=self._px(1))
            return
        if row.checked is not None:
            self._box(pen, middle, checked=row.checked)
        colour = SOFT if row.key is None and self._left == MARK else INK
        pen.text((self._px(self._left + INDENT * row.indent), middle), self._cut(row.text), colour, self._font, "lm")

    def _box(self, pen: Any, middle: float, *, checked: bool) -> None:
        unit = self._px(1)
        left, side = self._px(8), self._px(11)
        top = middle - side / 2
        pen.rectangle((left, top, left + side, top + side), outline=SOFT, width=unit)
        if checked:
            ends = [(left + 2.5 * unit, middle), (left + 5 * unit, middle + 2.5 * unit)]
            pen.line([*ends, (left + 9 * unit, middle - 3 * unit)], fill=INK, width=2 * unit)

    def _cut(self, text: str) -> str:
        most = self.width - self._px(self._left + PADDING)
        if self._font.getlength(text) <= most:
            return text
        while text and self._font.getlength(text + "\N{HORIZONTAL ELLIPSIS}") > most:
            text = text[:-1]
        return text + "\N{HORIZONTAL ELLIPSIS}"

    def _px(self, value: float) -> int:
        return round(value * self._scale)
