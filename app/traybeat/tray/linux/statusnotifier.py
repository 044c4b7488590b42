"""StatusNotifierItem, without any toolkit: https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/.

The panel may go and come back, and so may the bus: the item registers again by itself.
"""

import os
import time
from collections.abc import Callable
from typing import Any, Protocol

from traybeat.model.text import unmarked
from traybeat.tray.linux.bus import Bus, Call, connected
from traybeat.tray.linux.dbusmenu import INTERFACE as MENU
from traybeat.tray.linux.dbusmenu import PATH as MENU_PATH
from traybeat.tray.linux.dbusmenu import Menu
from traybeat.tray.linux.pixmap import Pixmap, pixmaps
from traybeat.tray.show import Ending, Hands, Show

PATH, ITEM = "/StatusNotifierItem", "org.kde.StatusNotifierItem"
WATCHER = "org.kde.StatusNotifierWatcher"
WATCHER_PATH = "/StatusNotifierWatcher"
DBUS, DBUS_PATH = "org.freedesktop.DBus", "/org/freedesktop/DBus"
PROPERTIES = "org.freedesktop.DBus.Properties"
INTROSPECTABLE = "org.freedesktop.DBus.Introspectable"
LOOK_SECONDS = 2.0
SLICE_SECONDS = 0.5
"""How long a signal that ends the program may wait to be seen."""
TOOLTIP_SECONDS = 6.0
AGAIN_SECONDS = 2.0
_INTROSPECTION = {
    PATH: (
        f'<node><interface name="{ITEM}">'
        '<property name="Category" type="s" access="read"/><property name="Id" type="s" access="read"/>'
        '<property name="Title" type="s" access="read"/><property name="Status" type="s" access="read"/>'
        '<property name="IconName" type="s" access="read"/><property name="IconPixmap" type="a(iiay)" access="read"/>'
        '<property name="ToolTip" type="(sa(iiay)ss)" access="read"/><property name="Menu" type="o" access="read"/>'
        '<property name="ItemIsMenu" type="b" access="read"/>'
        '<method name="Activate"><arg type="i" direction="in"/><arg type="i" direction="in"/></method>'
        '<method name="SecondaryActivate"><arg type="i" direction="in"/><arg type="i" direction="in"/></method>'
        '<method name="ContextMenu"><arg type="i" direction="in"/><arg type="i" direction="in"/></method>'
        '<method name="Scroll"><arg type="i" direction="in"/><arg type="s" direction="in"/></method>'
        '<signal name="NewIcon"/><signal name="NewToolTip"/><signal name="NewStatus"><arg type="s"/></signal>'
        "</interface></node>"
    ),
    MENU_PATH: (
        f'<node><interface name="{MENU}">'
        '<property name="Version" type="u" access="read"/><property name="Status" type="s" access="read"/>'
        '<method name="GetLayout"><arg type="i" direction="in"/><arg type="i" direction="in"/>'
        '<arg type="as" direction="in"/><arg type="u" direction="out"/>'
        '<arg type="(ia{sv}av)" direction="out"/></method>'
        '<method name="GetGroupProperties"><arg type="ai" direction="in"/><arg type="as" direction="in"/>'
        '<arg type="a(ia{sv})" direction="out"/></method>'
        '<method name="GetProperty"><arg type="i" direction="in"/><arg type="s" direction="in"/>'
        '<arg type="v" direction="out"/></method>'
        '<method name="Event"><arg type="i" direction="in"/><arg type="s" direction="in"/>'
        '<arg type="v" direction="in"/><arg type="u" direction="in"/></method>'
        '<method name="EventGroup"><arg type="a(isvu)" direction="in"/><arg type="ai" direction="out"/></method>'
        '<method name="AboutToShow"><arg type="i" direction="in"/><arg type="b" direction="out"/></method>'
        '<method name="AboutToShowGroup"><arg type="ai" direction="in"/><arg type="ai" direction="out"/>'
        '<arg type="ai" direction="out"/></method>'
        '<signal name="LayoutUpdated"><arg type="u"/><arg type="i"/></signal></interface></node>'
    ),
}
Answer = tuple[str, tuple[Any, ...]]


class Item:
    """The icon and its menu as objects on the bus."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self.menu = Menu(hands.menu, hands.act)
        self.show: Show | None = None
        self._pixmaps: list[Pixmap] = []

    def update(self) -> tuple[bool, bool]:
        """Look at what is newest; says whether the picture and the tooltip have changed."""
        before, self.show = self.show, self._hands.look()
        redrawn = before is None or before.face != self.show.face
        if redrawn:
            self._pixmaps = pixmaps(self.show.face)
        return redrawn, before is None or before.tooltip != self.show.tooltip

    @property
    def status(self) -> str:
        """Say how much attention is needed, in the specification's words."""
        needs = self.show is not None and self.show.face.level in {"warning", "critical"}
        return "NeedsAttention" if needs else "Active"

    def answer(self, call: Call) -> Answer | None:
        """Answer a call."""
        if call.interface == INTROSPECTABLE and call.path in _INTROSPECTION:
            return "s", (_INTROSPECTION[call.path],)
        if call.interface == PROPERTIES:
            return self._property(call)
        if call.path == MENU_PATH:
            return self._menu(call)
        return self._item(call)

    def _item(self, call: Call) -> Answer | None:
        if call.member in {"Activate", "SecondaryActivate"}:
            self._hands.act("open")
            return "", ()
        return ("", ()) if call.member in {"ContextMenu", "Scroll"} else None

    def _menu(self, call: Call) -> Answer | None:  # noqa: PLR0911 (one for each method)
        menu = self.menu
        match call.member:
            case "GetLayout":
                parent, depth, _ = call.body
                layout = menu.layout(parent, depth)
                return "u(ia{sv}av)", (menu.revision, layout)
            case "GetGroupProperties":
                return "a(ia{sv})", (menu.properties(call.body[0]),)
            case "GetProperty":
                number, name = call.body
                return "v", (dict(menu.properties([number]))[number][name],)
            case "Event":
                menu.event(call.body[0], call.body[1])
                return "", ()
            case "EventGroup":
                for number, what, *_ in call.body[0]:
                    menu.event(number, what)
                return "ai", ([],)
            case "AboutToShow":
                return "b", (menu.refresh(),)
            case "AboutToShowGroup":
                return "aiai", ([0] if menu.refresh() else [], [])
        return None

    def _property(self, call: Call) -> Answer | None:
        values = self._menu_values() if call.path == MENU_PATH else self._values()
        if call.member == "GetAll":
            return "a{sv}", (values,)
        return ("v", (values[call.body[1]],)) if call.member == "Get" else ("", ())

    def _menu_values(self) -> dict[str, tuple[str, Any]]:
        return {"Version": ("u", 3), "Status": ("s", "normal"), "TextDirection": ("s", "ltr")}

    def _values(self) -> dict[str, tuple[str, Any]]:
        lines = list(self.show.tooltip) if self.show else []
        title, text = (lines[0], "\n".join(lines[1:])) if lines else ("Traybeat", "")
        return {
            "Category": ("s", "SystemServices"),
            "Id": ("s", "traybeat"),
            "Title": ("s", "Traybeat"),
            "Status": ("s", self.status),
            "WindowId": ("i", 0),
            "IconName": ("s", ""),
            "IconPixmap": ("a(iiay)", self._pixmaps),
            "OverlayIconName": ("s", ""),
            "AttentionIconName": ("s", ""),
            "AttentionIconPixmap": ("a(iiay)", self._pixmaps),
            "ToolTip": ("(sa(iiay)ss)", ("", [], title, unmarked(text))),
            "ItemIsMenu": ("b", False),
            "Menu": ("o", MENU_PATH),
        }


class Hosting(Protocol):
    """Is kept told whether a host shows the icon."""

    def hosted(self, *, yes: bool) -> None:
        """Take a change of it on."""

    def tick(self) -> None:
        """Look around; called about twice a second."""


class StatusNotifier:
    """Shows the icon on whatever panel answers on the bus at `address`."""

    def __init__(self, address: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._address = address
        self._monotonic = monotonic

    def run(self, hands: Hands, ending: Ending, hosting: Hosting) -> None:
        """Show the icon until the end; where the bus goes away, wait for it."""
        item = Item(hands)
        while not ending.asked:
            try:
                with connected(self._address) as bus:
                    _Presence(bus, item, self._monotonic, hosting).stay(ending)
            except (OSError, EOFError):
                hosting.hosted(yes=False)
                self._pause(ending, hosting)

    def _pause(self, ending: Ending, hosting: Hosting) -> None:
        until = self._monotonic() + AGAIN_SECONDS
        while not ending.asked and self._monotonic() < until:
            hosting.tick()
            time.sleep(SLICE_SECONDS / 2)


class _Presence:
    """One stay on the bus."""

    def __init__(self, bus: Bus, item: Item, monotonic: Callable[[], float], hosting: Hosting) -> None:
        self._bus = bus
        self._item = item
        self._monotonic = monotonic
        self._hosting = hosting
        self._name = f"org.kde.StatusNotifierItem-{os.getpid()}-1"
        self._registers = False
        """Whether there is a watcher that has the item; without one nobody looks at it."""

    def stay(self, ending: Ending) -> None:
        """Register, answer and follow until the end; raises OSError when the bus goes."""
        self._item.update()
        self._call(DBUS, DBUS_PATH, DBUS, "RequestName", "su", (self._name, 4))
        self._match(f"sender='{DBUS}',member='NameOwnerChanged',arg0='{WATCHER}'")
        self._match(f"path='{WATCHER_PATH}',interface='{WATCHER}'")
        self._bus.hear("NameOwnerChanged", self._owner)
        for change in ("Registered", "Unregistered"):
            self._bus.hear(f"StatusNotifierHost{change}", lambda _: self._ask())
        self._register()
        look = tooltip = self._monotonic()
        while not ending.asked:
            self._bus.turn(self._item, SLICE_SECONDS)
            now = self._monotonic()
            if now >= look and self._registers:
                look = now + LOOK_SECONDS
                tooltip = self._follow(now, tooltip)
            self._hosting.tick()

    def _match(self, rule: str) -> None:
        self._call(DBUS, DBUS_PATH, DBUS, "AddMatch", "s", (f"type='signal',{rule}",))

    def _follow(self, now: float, due: float) -> float:
        redrawn, retold = self._item.update()
        if redrawn:
            self._signal("NewIcon")
            self._signal("NewStatus", "s", (self._item.status,))
            if self._item.menu.refresh():
                revision = self._item.menu.revision
                self._bus.signal(MENU_PATH, MENU, "LayoutUpdated", "ui", (revision, 0))
        if retold and now >= due:
            self._signal("NewToolTip")
            return now + TOOLTIP_SECONDS
        return due

    def _signal(self, member: str, signature: str = "", body: tuple[Any, ...] = ()) -> None:
        self._bus.signal(PATH, ITEM, member, signature, body)

    def _register(self) -> None:
        self._call(WATCHER, WATCHER_PATH, WATCHER, "RegisterStatusNotifierItem", "s", (self._name,), self._registered)

    def _registered(self, body: Any) -> None:
        self._registers = body is not None
        if self._registers:
            self._ask()
        else:
            self._hosting.hosted(yes=False)

    def _ask(self) -> None:
        wanted = (WATCHER, "IsStatusNotifierHostRegistered")
        self._call(WATCHER, WATCHER_PATH, PROPERTIES, "Get", "ss", wanted, self._host)

    def _host(self, body: Any) -> None:
        self._hosting.hosted(yes=bool(body is not None and body[0][1]))

    def _owner(self, body: Any) -> None:
        """Register again with a panel that has come back."""
        if body[0] == WATCHER and body[2]:
            self._register()
        elif body[0] == WATCHER:
            self._registers = False
            self._hosting.hosted(yes=False)

    def _call(
        self, name: str, path: str, interface: str, member: str, signature: str, body: Any,
        reply: Callable[[Any], None] = lambda _: None,
    ) -> None:  # fmt: skip
        self._bus.call(name, path, interface, member, signature, body, reply)
