"""The tray of Windows and macOS, through pystray. It must own the main thread on macOS."""

import threading
from typing import Any

from traybeat.tray.menu import Entry
from traybeat.tray.picture import draw
from traybeat.tray.show import Ending, Hands

LONGEST_TITLE = 127
"""Windows refuses more: NOTIFYICONDATA's szTip has 128 characters."""
LOOK_SECONDS = 2.0
SIZE = 64


class Native:
    """Shows the icon by the system's own means; `template` gives macOS shapes to tint."""

    def __init__(self, pystray: Any, *, template: bool = False) -> None:
        self._pystray = pystray
        self._template = template

    def run(self, hands: Hands, ending: Ending) -> None:
        """Show the icon until the end; a thread of its own follows what is newest."""
        show = hands.look()
        icon = self._pystray.Icon(
            "traybeat",
            draw(show.face, SIZE, template=self._template),
            title("\n".join(show.tooltip)),
            self._pystray.Menu(lambda: self._items(hands, hands.menu(), first=True)),
        )
        follower = threading.Thread(
            target=self._follow, args=(icon, hands, ending, show.face), name="tray", daemon=True
        )
        icon.run(setup=lambda _: self._begin(icon, follower))

    def _begin(self, icon: Any, follower: threading.Thread) -> None:
        icon.visible = True
        follower.start()

    def _follow(self, icon: Any, hands: Hands, ending: Ending, face: Any) -> None:
        pause = threading.Event()
        while not ending.asked:
            pause.wait(LOOK_SECONDS / 4)
            show = hands.look()
            if show.face != face:
                face = show.face
                icon.icon = draw(face, SIZE, template=self._template)
                icon.update_menu()
            text = title("\n".join(show.tooltip))
            if icon.title != text:
                icon.title = text
        icon.stop()

    def _items(self, hands: Hands, entries: tuple[Entry, ...], *, first: bool = False) -> list[Any]:
        items = []
        if first:  # what a left click does; not shown
            items.append(self._pystray.MenuItem("", lambda: hands.act("open"), default=True, visible=False))
        return [*items, *(self._item(hands, entry) for entry in entries)]

    def _item(self, hands: Hands, entry: Entry) -> Any:
        key, checked = entry.key, entry.checked
        if not entry.text:
            return self._pystray.Menu.SEPARATOR
        if entry.children:
            return self._pystray.MenuItem(entry.text, self._pystray.Menu(*self._items(hands, entry.children)))
        return self._pystray.MenuItem(
            entry.text,
            None if key is None else (lambda: hands.act(key)),
            checked=None if checked is None else (lambda _: checked),
            enabled=entry.key is not None,
        )


def title(text: str) -> str:
    """Cut a tooltip to what Windows takes."""
    return text if len(text) <= LONGEST_TITLE else text[: LONGEST_TITLE - 1] + "\N{HORIZONTAL ELLIPSIS}"
