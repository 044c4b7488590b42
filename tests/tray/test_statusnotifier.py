from types import SimpleNamespace
from typing import Any

import pytest

from traybeat.tray.glance import Face
from traybeat.tray.linux.dbusmenu import PATH as MENU_PATH
from traybeat.tray.linux.dbusmenu import Menu
from traybeat.tray.linux.statusnotifier import INTROSPECTABLE, ITEM, PATH, PROPERTIES, Item
from traybeat.tray.menu import SEPARATOR, Entry
from traybeat.tray.show import Hands, Show

ENTRIES = (
    Entry("All is_well"), SEPARATOR, Entry("Open", "open"), Entry("Hold", children=(Entry("One hour", "snooze-hour"),)),
    Entry("Pause", "pause", checked=True),
)  # fmt: skip


class Panel:
    """What a panel asks, and what came of it."""

    def __init__(self) -> None:
        self.acted: list[str] = []
        self.face = Face("well", 0, "status")
        self.entries: tuple[Entry, ...] = ENTRIES
        hands = Hands(
            lambda: Show(self.face, ("All is well", "a < b")), lambda: self.entries, self.acted.append, lambda: None
        )
        self.item = Item(hands)
        self.item.update()

    def ask(self, member: str, *body: Any, interface: str = "", path: str = MENU_PATH) -> Any:
        call: Any = SimpleNamespace(message=None, path=path, interface=interface, member=member, body=body)
        return self.item.answer(call)

    def layout(self) -> Any:
        return self.ask("GetLayout", 0, -1, [])[1]

    def number(self, label: str) -> int:
        def find(layout: Any) -> Any:
            number, properties, children = layout
            if properties.get("label") == ("s", label):
                return number
            return next((found for _, child in children if (found := find(child)) is not None), None)

        found = find(self.layout()[1])
        assert isinstance(found, int)
        return found


def test_the_menu_is_told_as_panels_ask_for_it() -> None:
    _, (number, properties, children) = Panel().layout()
    assert (number, properties) == (0, {"children-display": ("s", "submenu")})
    told = [child[1] for _, child in children]
    assert told[0] == {"label": ("s", "All is__well"), "enabled": ("b", False)}
    assert told[1] == {"type": ("s", "separator")}
    assert told[3]["children-display"] == ("s", "submenu")
    assert told[4]["toggle-state"] == ("i", 1)
    assert [child[1]["label"] for _, child in children[3][1][2]] == [("s", "One hour")]


def test_a_level_of_it_is_told_alone() -> None:
    panel = Panel()
    hold = panel.number("Hold")
    assert [child[1]["label"] for _, child in panel.ask("GetLayout", hold, -1, [])[1][1][2]] == [("s", "One hour")]
    assert panel.ask("GetLayout", 0, 0, [])[1][1][2] == []
    assert panel.ask("GetLayout", 999, -1, [])[1][1] == (999, {}, [])


def test_what_is_clicked_is_done() -> None:
    panel = Panel()
    panel.ask("Event", panel.number("Open"), "clicked", ("s", ""), 0)
    panel.ask("EventGroup", [(panel.number("One hour"), "clicked", ("s", ""), 0), (1, "hovered", ("s", ""), 0)])
    assert panel.acted == ["open", "snooze-hour"]
    panel.ask("Event", panel.number("All is__well"), "clicked", ("s", ""), 0)
    panel.ask("Event", 12345, "clicked", ("s", ""), 0)
    assert panel.acted == ["open", "snooze-hour"]


def test_an_open_menu_is_not_rebuilt_under_the_pointer() -> None:
    panel = Panel()
    revision, before = panel.layout()
    panel.ask("Event", 0, "opened", ("s", ""), 0)
    panel.entries = (Entry("Quit", "quit"),)
    assert panel.ask("AboutToShow", 0) == ("b", (False,))
    assert panel.layout() == (revision, before)
    panel.ask("Event", 0, "closed", ("s", ""), 0)
    assert panel.ask("AboutToShowGroup", [0]) == ("aiai", ([0], []))
    assert panel.layout()[0] > revision


def test_an_entry_keeps_its_number() -> None:
    panel = Panel()
    before = panel.number("Pause")
    panel.entries = (Entry("New", "alert:1"), *ENTRIES)
    panel.ask("AboutToShow", 0)
    assert panel.number("Pause") == before


def test_properties_are_told_by_number() -> None:
    panel = Panel()
    number = panel.number("Open")
    assert panel.ask("GetGroupProperties", [number], []) == ("a(ia{sv})", ([(number, {"label": ("s", "Open")})],))
    assert len(panel.ask("GetGroupProperties", [], [])[1][0]) == len(ENTRIES) + 1
    assert panel.ask("GetProperty", number, "label") == ("v", (("s", "Open"),))
    assert panel.ask("Get", "", "Version", interface=PROPERTIES)[1] == (("u", 3),)


def test_the_item_says_how_it_looks() -> None:
    panel = Panel()
    values = panel.ask("GetAll", ITEM, interface=PROPERTIES, path=PATH)[1][0]
    assert values["Status"] == ("s", "Active")
    assert values["Menu"] == ("o", MENU_PATH)
    assert values["ToolTip"][1][2:] == ("All is well", "a &lt; b")
    assert [pixmap[0] for pixmap in values["IconPixmap"][1]] == [16, 22, 24, 32, 44, 64]
    panel.face = Face("critical", 2, "status")
    assert panel.item.update() == (True, False)
    assert panel.item.update() == (False, False)
    assert panel.ask("Get", ITEM, "Status", interface=PROPERTIES, path=PATH) == ("v", (("s", "NeedsAttention"),))


def test_a_left_click_opens_the_window() -> None:
    panel = Panel()
    for member in ("Activate", "SecondaryActivate"):
        panel.ask(member, 1, 2, interface=ITEM, path=PATH)
    panel.ask("ContextMenu", 1, 2, interface=ITEM, path=PATH)
    assert panel.acted == ["open", "open"]


@pytest.mark.parametrize("path", [PATH, MENU_PATH])
def test_both_objects_describe_themselves(path: str) -> None:
    assert "<interface" in Panel().ask("Introspect", interface=INTROSPECTABLE, path=path)[1][0]


def test_what_is_not_known_is_not_answered() -> None:
    panel = Panel()
    assert panel.ask("Nonsense") is None
    assert panel.ask("Nonsense", interface=ITEM, path=PATH) is None


def test_a_menu_that_did_not_change_is_not_announced() -> None:
    menu = Menu(lambda: ENTRIES, lambda key: None)
    assert menu.refresh()
    assert not menu.refresh()
