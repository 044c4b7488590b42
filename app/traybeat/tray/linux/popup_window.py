"""A menu or a tooltip on the screen. Run as the helper `popup`; it ends when something is chosen, or with its starter.

It reads one line of JSON: `anchor`, and `entries` of a menu or `lines` of a tooltip. It writes the key of what was
chosen, or nothing.
"""

import json
import os
import select
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from traybeat.tray.linux.popup import Anchor
from traybeat.tray.linux.sheet import FONT, Area, Row, Sheet, beside, font_file, rows
from traybeat.tray.linux.x11 import little_endian, opened, paint

GRAB_SECONDS = 3.0
PAUSE_SECONDS = 0.05
DPI = 96.0
MOST_SCALE = 4.0
UP, DOWN, ENTER, ESCAPE = {0xFF52, 0xFF97}, {0xFF54, 0xFF99, 0xFF09}, {0xFF0D, 0xFF8D, 0x20}, {0xFF1B}
PRESSES = {1, 2, 3}


def scale(resources: str) -> float:
    """Say how large the screen is to be written on, by its resources' `Xft.dpi`."""
    for line in resources.splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "Xft.dpi":
            with suppress(ValueError):
                return min(max(float(value) / DPI, 1.0), MOST_SCALE)
    return 1.0


def read_font(text: str, size: int) -> Any:
    """Load a font that has the text's characters; where none is found, Pillow's own."""
    from PIL import ImageFont

    if found := font_file(text):
        with suppress(OSError):
            return ImageFont.truetype(found[0], size, found[1])
    return ImageFont.load_default(size)


def areas(root: Any) -> list[Area]:
    """Give the screens' places, as far as the server tells."""
    with suppress(Exception):  # each server lacks something else of this extension
        found = root.xrandr_get_monitors().monitors
        if found:
            return [Area(one.x, one.y, one.width_in_pixels, one.height_in_pixels) for one in found]
    size = root.get_geometry()
    return [Area(0, 0, size.width, size.height)]


class Shown:
    """One sheet on the screen."""

    def __init__(self, display: Any, request: Mapping[str, Any]) -> None:
        from Xlib import Xatom

        self._display = display
        self._root = root = display.screen().root
        told = root.get_full_property(Xatom.RESOURCE_MANAGER, Xatom.STRING)
        by = scale(told.value.decode("latin-1") if told else "")
        self._menu = "entries" in request
        self._rows = rows(request["entries"]) if self._menu else [Row(line) for line in request["lines"]]
        text = "".join(row.text for row in self._rows)
        self._sheet = Sheet(self._rows, read_font(text, round(FONT * by)), by, menu=self._menu)
        size = (self._sheet.width, self._sheet.height)
        self._x, self._y = beside(Anchor(*request["anchor"]), size, areas(root))
        self._chosen: int | None = None
        self._pressed = False
        self._window = self._make()
        self._context = self._window.create_gc(graphics_exposures=0)

    def _make(self) -> Any:
        from Xlib import X, Xatom

        window = self._root.create_window(
            *(self._x, self._y, self._sheet.width, self._sheet.height, 0, X.CopyFromParent),
            override_redirect=1,
            save_under=1,
            event_mask=X.ExposureMask,
        )
        kind = "_NET_WM_WINDOW_TYPE_POPUP_MENU" if self._menu else "_NET_WM_WINDOW_TYPE_TOOLTIP"
        atom = self._display.get_atom
        window.change_property(atom("_NET_WM_WINDOW_TYPE"), Xatom.ATOM, 32, [atom(kind)])
        window.set_wm_name("Traybeat menu" if self._menu else "Traybeat tooltip")
        window.set_wm_class("traybeat", "Traybeat")
        return window

    def run(self, source: int) -> str | None:
        """Stay until something is chosen, or `source` ends; gives its key."""
        if self._menu and not self._grab(source):
            return None
        self._window.map()
        self._display.flush()
        while True:
            while self._display.pending_events():
                ends, key = self._event(self._display.next_event())
                if ends:
                    return key
            found, _, _ = select.select([self._display, source], [], [])
            if source in found:
                return None  # nothing is ever sent: the other end is gone

    def _grab(self, source: int) -> bool:
        """Have pointer and keyboard told to us alone; the tray has the pointer for as long as the button is down."""
        from Xlib import X

        mask = X.ButtonPressMask | X.ButtonReleaseMask | X.PointerMotionMask
        until = time.monotonic() + GRAB_SECONDS
        how = (X.GrabModeAsync, X.GrabModeAsync)
        while self._root.grab_pointer(0, mask, *how, X.NONE, X.NONE, X.CurrentTime) != X.GrabSuccess:
            if time.monotonic() > until or select.select([source], [], [], PAUSE_SECONDS)[0]:
                return False
        self._root.grab_keyboard(0, *how, X.CurrentTime)
        return True

    def _event(self, event: Any) -> tuple[bool, str | None]:
        """Take an event; says whether it is the last one, and what was chosen."""
        from Xlib import X

        if event.type == X.Expose:
            self._paint()
        elif event.type == X.MotionNotify:
            self._choose(self._sheet.at(event.root_x - self._x, event.root_y - self._y))
        elif event.type == X.ButtonPress and event.detail in PRESSES:
            self._pressed = self._sheet.contains(event.root_x - self._x, event.root_y - self._y)
            return not self._pressed, None
        elif event.type == X.ButtonRelease and self._pressed:
            self._choose(self._sheet.at(event.root_x - self._x, event.root_y - self._y))
            return self._key() is not None, self._key()
        elif event.type == X.MappingNotify:
            self._display.refresh_keyboard_mapping(event)
        elif event.type == X.KeyPress:
            return self._typed(self._display.keycode_to_keysym(event.detail, 0))
        return False, None

    def _typed(self, symbol: int) -> tuple[bool, str | None]:
        if symbol in ESCAPE:
            return True, None
        if symbol in ENTER:
            return self._key() is not None, self._key()
        if symbol in UP | DOWN:
            self._choose(self._sheet.next(self._chosen, 1 if symbol in DOWN else -1))
        return False, None

    def _key(self) -> str | None:
        return None if self._chosen is None else self._rows[self._chosen].key

    def _choose(self, number: int | None) -> None:
        if number != self._chosen:
            self._chosen = number
            self._paint()

    def _paint(self) -> None:
        picture = self._sheet.draw(self._chosen)
        depth = self._display.screen().root_depth
        paint(self._window, self._context, picture, 0, 0, depth, little=little_endian(self._display))
        self._display.flush()


def main() -> int:
    """Be the menu or the tooltip between standard input and output."""
    request = json.loads(sys.stdin.buffer.readline() or b"null")
    if request is None:
        return 0
    with suppress(OSError), opened(os.environ.get("DISPLAY", ""), extensions=True) as display:
        if key := Shown(display, request).run(sys.stdin.fileno()):
            sys.stdout.write(f"{key}\n")
            sys.stdout.flush()
    return 0
