import shutil
from dataclasses import asdict
from typing import Any

import pytest
from PIL import ImageDraw, ImageFont  # noqa: F401 (whole, before the icon's drawing imports it without text)

from traybeat.tray.linux.popup import Anchor
from traybeat.tray.linux.sheet import CARD, CHOSEN, Area, Row, Sheet, beside, font_file, rows
from traybeat.tray.menu import SEPARATOR, Entry

ENTRIES = (
    Entry("All is well"), SEPARATOR, Entry("Open", "open"), Entry("Hold", children=(Entry("One hour", "hour"),)),
    Entry("Pause", "pause", checked=True),
)  # fmt: skip
LINES = rows([asdict(entry) for entry in ENTRIES])
SCREENS = [Area(0, 0, 1000, 800), Area(1000, 0, 1000, 800)]


def sheet(scale: float = 1.0, lines: list[Row] = LINES) -> Sheet:
    return Sheet(lines, ImageFont.load_default(13 * scale), scale, menu=True)


def test_what_belongs_to_an_entry_stands_indented_below_it() -> None:
    assert [(row.text, row.key, row.indent) for row in LINES] == [
        ("All is well", None, 0), ("", None, 0), ("Open", "open", 0), ("Hold", None, 0), ("One hour", "hour", 1),
        ("Pause", "pause", 0),
    ]  # fmt: skip


def test_each_row_that_may_be_chosen_is_found_where_it_is_drawn() -> None:
    made = sheet()
    found = [made.at(40, y) for y in range(made.height)]
    assert {number for number in found if number is not None} == {2, 4, 5}
    assert made.at(-1, found.index(2)) is None
    chosen, plain = made.draw(2), made.draw()
    middle = found.index(2) + found.count(2) // 2
    colour = tuple(bytes.fromhex(CHOSEN[1:]))
    assert chosen.getpixel((made.width - 8, middle))[:3] == colour
    assert plain.getpixel((made.width - 8, middle))[:3] == tuple(bytes.fromhex(CARD[1:]))
    assert made.contains(made.width - 1, made.height - 1)
    assert not made.contains(made.width, 0)


def test_keys_go_around_and_pass_what_is_only_told() -> None:
    made = sheet()
    assert [made.next(number, 1) for number in (None, 2, 4, 5)] == [2, 4, 5, 2]
    assert [made.next(number, -1) for number in (None, 2)] == [5, 5]
    assert sheet(lines=[Row("told")]).next(None, 1) is None


def test_a_dense_screen_gets_a_larger_sheet() -> None:
    assert sheet(2).height == 2 * sheet().height


def test_a_long_line_is_cut_and_shows_it() -> None:
    cut = sheet(lines=[Row("x" * 400, "a")])
    assert cut.width < 520
    assert cut.draw(0).size == (cut.width, cut.height)


@pytest.mark.parametrize(
    ("anchor", "place"),
    [
        (Anchor(100, 0, 22, 30), (100, 30)),  # a panel above
        (Anchor(100, 770, 22, 30), (100, 370)),  # one below
        (Anchor(990, 770, 1, 30), (700, 370)),  # in the corner: not onto the next screen
        (Anchor(1990, 0, 1, 30), (1700, 30)),
        (Anchor(5000, 5000, 1, 1), (700, 4600)),  # no screen is there
    ],
)
def test_it_stands_beside_the_icon_on_its_screen(anchor: Anchor, place: tuple[int, int]) -> None:
    assert beside(anchor, (300, 400), SCREENS) == place


def test_fontconfig_is_asked_for_a_font_with_the_letters() -> None:
    asked: list[str] = []

    def ask(pattern: str) -> str:
        asked.append(pattern)
        return "/fonts/a.ttc\t2"

    assert font_file("ba a정", ask) == ("/fonts/a.ttc", 2)
    assert asked == ["sans-serif:charset=61 62 c815"]
    assert font_file("a", lambda _: "") is None

    def missing(_: str) -> Any:
        raise FileNotFoundError

    assert font_file("a", missing) is None


@pytest.mark.skipif(not shutil.which("fc-match"), reason="fontconfig is not installed")
def test_fontconfig_names_a_font_that_can_be_loaded() -> None:
    found = font_file("All is well")
    assert found is not None
    assert ImageFont.truetype(found[0], 13, found[1]).getlength("All") > 0
