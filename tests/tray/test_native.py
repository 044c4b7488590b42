from collections.abc import Callable
from typing import Any

from traybeat.tray.glance import Face
from traybeat.tray.menu import SEPARATOR, Entry
from traybeat.tray.native import LONGEST_TITLE, Native, title
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
    visible = False

    def __init__(self, icon: Any, title: str, menu: Menu, play: Callable[["Icon"], None]) -> None:
        self.icon, self.title, self.menu, self._play = icon, title, menu, play
        self.stopped = self.updates = 0

    def run(self, setup: Callable[["Icon"], None]) -> None:
        setup(self)
        self._play(self)

    def update_menu(self) -> None:
        self.updates += 1

    def stop(self) -> None:
        self.stopped += 1

    def items(self) -> list[Any]:
        return list(self.menu.items[0]())


def wait(condition: Callable[[], bool]) -> None:
    from agent import until

    until(condition, 5)


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

    Native(Pystray(play)).run(hands, ending)
    assert acted[:1] == ["open"]
    assert acted[-1] == "pause"
    assert "hour" in acted


def test_a_tooltip_is_cut_to_what_windows_takes() -> None:
    assert title("short") == "short"
    assert len(title("x" * 500)) == LONGEST_TITLE
