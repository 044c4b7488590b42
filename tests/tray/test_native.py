from collections.abc import Callable
from typing import Any

import pytest

from traybeat.channels.balloon import Balloons
from traybeat.model.message import Unreachable
from traybeat.tray.glance import Face
from traybeat.tray.macos import MacosManners
from traybeat.tray.menu import SEPARATOR, Entry
from traybeat.tray.native import LONGEST_TITLE, Native, tip
from traybeat.tray.show import Hands, Show


class Ending:
    asked = False


class MenuItem:
    def __init__(self, text: str, action: Any, checked: Any = None, enabled: bool = True, **more: Any) -> None:
        self.text, self.action, self.enabled, self.more = text, action, enabled, more
        self.checked = None if checked is None else checked(self)


class Menu:
    SEPARATOR = "separator"

    def __init__(self, *items: Any) -> None:
        self.items = items


class Pystray:
    """Stands for pystray: `play` is what the user does while the icon is shown."""

    Menu: Any = Menu
    MenuItem: Any = MenuItem

    def __init__(self, play: Callable[["Icon"], None]) -> None:
        self.play = play

    def Icon(self, name: str, icon: Any, title: str, menu: Any) -> "Icon":  # noqa: N802 (pystray's own name)
        return Icon(icon, title, menu, self.play)


class Icon:
    def __init__(self, icon: Any, title: str, menu: Menu, play: Callable[["Icon"], None]) -> None:
        self.icon, self.title, self.menu, self._play = icon, title, menu, play
        self.stopped = self.updates = self.refused = 0
        self.balloons: list[tuple[str, str, int]] = []
        self._visible = False

    @property
    def visible(self) -> bool:
        return self._visible

    @visible.setter
    def visible(self, on: bool) -> None:
        if self.refused:
            self.refused -= 1
            raise OSError(1460, "there is no taskbar yet")
        self._visible = on

    def run(self, setup: Callable[["Icon"], None]) -> None:
        setup(self)
        self._play(self)

    def update_menu(self) -> None:
        self.updates += 1

    def stop(self) -> None:
        self.stopped += 1

    def balloon(self, title: str, text: str, urgency: int) -> None:
        self.balloons.append((title, text, urgency))

    def items(self) -> list[Any]:
        return list(self.menu.items[0]())


class Manners:
    """Windows' or macOS', by whether the icon asks for its menu."""

    size = 16
    template = False

    def __init__(self, *, asks_for_menu: bool = True, refuses: int = 0) -> None:
        self.asks_for_menu = asks_for_menu
        self._refuses = refuses

    def begin(self) -> None:
        self.began = True

    def icon(self, pystray: Pystray, opened: Callable[[], None]) -> Callable[..., Icon]:
        def build(*arguments: Any) -> Icon:
            icon = pystray.Icon(*arguments)
            icon.refused = self._refuses
            return icon

        return build

    def label(self, text: str) -> str:
        return text

    def call(self, work: Callable[[], None]) -> None:
        work()


def native(play: Callable[[Icon], None], manners: Any, balloons: Balloons | None = None) -> Native:
    return Native(Pystray(play), manners, balloons, seconds=0.5)


def wait(condition: Callable[[], bool]) -> None:
    from agent import until

    until(condition, 20)


def test_the_icon_follows_and_ends_with_the_program() -> None:
    ending, faces, acted = Ending(), [Face("well", 0, "status")], list[str]()
    entries = (
        Entry("All is well"),
        SEPARATOR,
        Entry("Hold", children=(Entry("Hour", "hour"),)),
        Entry("Pause", "pause", checked=True),
    )
    hands = Hands(lambda: Show(faces[-1], ("All is well",)), lambda: entries, acted.append, lambda: None)

    def play(icon: Icon) -> None:
        assert icon.visible
        first, state, line, hold, pause = icon.items()
        assert first.more == {"default": True, "visible": False}
        assert (state.enabled, line, pause.checked) == (False, "separator", True)
        for item in (first, *hold.action.items, pause):
            if isinstance(item, MenuItem):
                item.action()
        before = icon.icon.tobytes()
        faces.append(Face("critical", 3, "status"))
        wait(lambda: icon.icon.tobytes() != before and icon.updates == 1)
        ending.asked = True
        wait(lambda: icon.stopped == 1)

    native(play, Manners(asks_for_menu=False)).run(hands, ending)
    assert acted[:1] == ["open"]
    assert acted[-1] == "pause"
    assert "hour" in acted


def quiet(*lines: str) -> Hands:
    return Hands(lambda: Show(Face("well", 0, "status"), lines), tuple, lambda _: None, lambda: None)


def test_notifications_are_shown_beside_the_icon_for_as_long_as_it_is_there() -> None:
    ending, balloons, icons = Ending(), Balloons(), list[Icon]()

    def play(icon: Icon) -> None:
        icons.append(icon)
        balloons.show(0, "", "CPU busy", "95 %", 1)
        ending.asked = True

    native(play, Manners(), balloons).run(quiet("a"), ending)
    assert icons[0].balloons == [("CPU busy", "95 %", 1)]
    with pytest.raises(Unreachable):
        balloons.show(0, "", "CPU busy", "95 %", 1)


def test_an_icon_that_asks_for_its_menu_is_handed_none_and_an_open_one_stays() -> None:
    ending, lines = Ending(), ["a"]
    hands = Hands(lambda: Show(Face("well", 0, "status"), tuple(lines)), tuple, lambda _: None, lambda: None)

    def play(icon: Icon) -> None:
        lines.append("b")
        wait(lambda: icon.title == "a\nb")
        assert icon.updates == 0
        ending.asked = True

    native(play, Manners()).run(hands, ending)


def test_an_icon_that_comes_before_the_taskbar_appears_with_it() -> None:
    ending = Ending()

    def play(icon: Icon) -> None:
        assert not icon.visible
        wait(lambda: icon.visible)
        ending.asked = True

    native(play, Manners(refuses=1)).run(quiet("a"), ending)


def test_what_goes_wrong_once_does_not_end_the_icon(caplog: pytest.LogCaptureFixture) -> None:
    ending, looks = (
        Ending(),
        iter([Show(Face("well", 0, "status"), ("a",)), None, Show(Face("well", 0, "status"), ("b",))]),
    )

    def look() -> Show:
        show = next(looks, None)
        if show is None:
            raise RuntimeError("no")
        return show

    def play(icon: Icon) -> None:
        wait(lambda: icon.title == "b")
        ending.asked = True
        wait(lambda: icon.stopped == 1)

    native(play, Manners()).run(Hands(look, tuple, lambda _: None, lambda: None), ending)
    assert "the icon is not brought up to date" in caplog.text


def test_on_macos_everything_is_done_on_the_main_thread() -> None:
    ending, queue = Ending(), list[Callable[[], None]]()

    def play(icon: Icon) -> None:
        seen = [icon.visible]
        queue.pop(0)()
        seen.append(icon.visible)
        assert seen == [False, True]
        ending.asked = True
        wait(lambda: bool(queue))
        stopped = [icon.stopped]
        queue.pop(0)()
        assert [*stopped, icon.stopped] == [0, 1]

    native(play, MacosManners(queue.append)).run(quiet("a"), ending)


def test_a_tooltip_is_cut_to_what_windows_takes() -> None:
    assert tip(Show(Face("well", 0, "status"), ("short", "line"))) == "short\nline"
    assert len(tip(Show(Face("well", 0, "status"), ("x" * 500,)))) == LONGEST_TITLE
