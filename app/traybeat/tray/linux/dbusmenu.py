"""com.canonical.dbusmenu: the menu, as panels ask for it. An open menu is never rebuilt under the pointer."""

from collections.abc import Callable, Iterable
from typing import Any

from traybeat.tray.menu import Entry

PATH, INTERFACE = "/MenuBar", "com.canonical.dbusmenu"
Layout = tuple[int, dict[str, Any], list[Any]]


class Menu:
    """The menu under numbers; an entry keeps its number for as long as the program runs."""

    def __init__(self, build: Callable[[], tuple[Entry, ...]], act: Callable[[str], None]) -> None:
        self._build = build
        self._act = act
        self._numbers: dict[str, int] = {}
        self._entries: dict[int, Entry] = {}
        self._shown: tuple[Entry, ...] = ()
        self.open = False
        self.revision = 1

    def refresh(self) -> bool:
        """Build the menu anew, unless it is open; says whether it has changed."""
        if self.open:
            return False
        found = self._build()
        if found == self._shown:
            return False
        self._shown = found
        self.revision += 1
        return True

    def layout(self, parent: int, depth: int) -> Layout:
        """Give the part of the menu below a number, so many levels deep; -1 is all of it."""
        if not self._shown:
            self.refresh()
        self._entries = {}
        root = self._layout(0, {"children-display": ("s", "submenu")}, self._shown, depth, "")
        return root if parent == 0 else self._below(root, parent) or (parent, {}, [])

    def properties(self, numbers: Iterable[int]) -> list[tuple[int, dict[str, Any]]]:
        """Give the properties of entries; of all, where none are named."""
        self.layout(0, -1)
        wanted = list(numbers) or list(self._entries)
        return [(number, _properties(self._entries[number])) for number in wanted if number in self._entries]

    def event(self, number: int, what: str) -> None:
        """Take what somebody did with an entry."""
        if number == 0 and what in {"opened", "closed"}:
            self.open = what == "opened"
        elif what == "clicked":
            self.open = False
            entry = self._entries.get(number)
            if entry is not None and entry.key is not None:
                self._act(entry.key)

    def _layout(
        self, number: int, properties: dict[str, Any], entries: Iterable[Entry], depth: int, path: str
    ) -> Layout:
        children = []
        if depth != 0:
            for place, entry in enumerate(entries):
                name = f"{path}/{entry.key or entry.text or place}"
                own = self._numbers.setdefault(name, len(self._numbers) + 1)
                self._entries[own] = entry
                below = self._layout(own, _properties(entry), entry.children, depth - 1, name)
                children.append(("(ia{sv}av)", below))
        return (number, properties, children)

    def _below(self, layout: Layout, wanted: int) -> Layout | None:
        for _, child in layout[2]:
            found = child if child[0] == wanted else self._below(child, wanted)
            if found is not None:
                return found
        return None


def _properties(entry: Entry) -> dict[str, Any]:
    if not entry.text:
        return {"type": ("s", "separator")}
    found: dict[str, Any] = {"label": ("s", entry.text.replace("_", "__"))}
    if entry.children:
        found["children-display"] = ("s", "submenu")
    elif entry.key is None:
        found["enabled"] = ("b", False)
    if entry.checked is not None:
        found["toggle-type"] = ("s", "checkmark")
        found["toggle-state"] = ("i", int(entry.checked))
    return found
