"""The icon on trays of the older kind, which embed a window of ours: tint2, i3bar, trayer and many more.

https://specifications.freedesktop.org/systemtray-spec/latest/ and XEmbed. Such a tray knows no menu and no tooltip; the
icon's window is clicked, and a process of its own (`popup`) shows them, so that text costs the resident nothing.
"""

import select
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

from traybeat.host.lean import PILLOW, without
from traybeat.tray.linux.popup import Anchor, Popup
from traybeat.tray.linux.x11 import TRUE_COLOUR, little_endian, opened, paint
from traybeat.tray.picture import draw
from traybeat.tray.show import Hands, Show

LOOK_SECONDS = 2.0
SLICE_SECONDS = 0.5
HOVER_SECONDS = 0.5
AGAIN_SECONDS = 5.0
DOCK, MAPPED = 0, 1
ARGB = 32
SIZE = 24
LEFT, MIDDLE, RIGHT = 1, 2, 3


class XEmbed:
    """Shows the icon in the tray that owns the screen's tray selection, and in the next one when that goes."""

    def __init__(
        self,
        name: str,
        popup: Callable[[], Popup] = Popup,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._name = name
        self._popup = popup
        self._monotonic = monotonic
        self._sleep = sleep

    def run(self, hands: Hands, wanted: Callable[[], bool], docked: Callable[[bool], None]) -> None:
        """Show the icon for as long as it is wanted; `docked` is told whether a tray has it."""
        while wanted():
            with suppress(OSError), opened(self._name) as display:
                _Seat(display, hands, self._popup(), self._monotonic, docked).stay(wanted)
            docked(False)  # noqa: FBT003 (its only argument)
            until = self._monotonic() + AGAIN_SECONDS
            while wanted() and self._monotonic() < until:
                self._sleep(SLICE_SECONDS)


def owned(name: str) -> bool:
    """Say whether there is such a tray on a display."""
    with suppress(OSError), opened(name) as display:
        return bool(display.get_selection_owner(display.intern_atom(_selection(display))))
    return False


def _selection(display: Any) -> str:
    return f"_NET_SYSTEM_TRAY_S{display.get_default_screen()}"


class _Surface(NamedTuple):
    """What is drawn on: the icon's window, its depth, and what its tray is."""

    window: Any
    manager: Any
    context: Any
    depth: int


class _Seat:
    """One stay on a display."""

    def __init__(
        self,
        display: Any,
        hands: Hands,
        popup: Popup,
        monotonic: Callable[[], float],
        docked: Callable[[bool], None],
    ) -> None:
        self._display = display
        self._hands = hands
        self._popup = popup
        self._monotonic = monotonic
        self._docked = docked
        self._root = display.screen().root
        self._selection = display.intern_atom(_selection(display))
        self._surface: _Surface | None = None
        self._embedded = False
        self._show: Show | None = None
        self._area = (SIZE, SIZE)
        self._hover: float | None = None

    def stay(self, wanted: Callable[[], bool]) -> None:
        """Dock where there is a tray, and follow what is to be shown; raises OSError when the server goes."""
        from Xlib import X

        self._root.change_attributes(event_mask=X.StructureNotifyMask)
        self._dock()
        look = self._monotonic()
        try:
            while wanted():
                for _ in range(self._display.pending_events()):
                    self._event(self._display.next_event())
                now = self._monotonic()
                if self._embedded and now >= look:
                    look = now + LOOK_SECONDS
                    self._follow()
                if self._hover is not None and now >= self._hover:
                    self._hover = None
                    self._popup.tooltip(self._show.tooltip if self._show else (), self._anchor())
                self._wait(look)
        finally:
            self._popup.close()
        self._undock()
        self._display.sync()

    def _wait(self, look: float) -> None:
        self._display.flush()
        if self._display.pending_events():
            return  # they came along with an answer
        due = [one for one in (look if self._embedded else None, self._hover) if one is not None]
        seconds = min([SLICE_SECONDS, *(max(one - self._monotonic(), 0.0) for one in due)])
        answers = self._popup.fileno()
        found, _, _ = select.select([self._display, *([] if answers is None else [answers])], [], [], seconds)
        if answers in found and (key := self._popup.chosen()) is not None:
            self._hands.act(key)

    def _dock(self) -> None:
        """Ask the tray, where there is one, to take a window of ours."""
        from Xlib import X, Xatom, error
        from Xlib.protocol import event

        manager = self._display.get_selection_owner(self._selection)
        if not manager:
            return
        try:
            manager.change_attributes(event_mask=X.StructureNotifyMask)
            told = manager.get_full_property(self._atom("_NET_SYSTEM_TRAY_VISUAL"), Xatom.VISUALID)
        except error.XError:
            return  # gone in between; the next one says that it is there
        window, depth = self._window(told.value[0] if told else 0)
        window.set_wm_name("Traybeat")
        window.set_wm_class("traybeat", "Traybeat")
        window.change_property(self._atom("_XEMBED_INFO"), self._atom("_XEMBED_INFO"), 32, [0, MAPPED])
        self._surface = _Surface(window, manager, window.create_gc(graphics_exposures=0), depth)
        opcode = self._atom("_NET_SYSTEM_TRAY_OPCODE")
        dock = event.ClientMessage(
            window=manager, client_type=opcode, data=(32, [X.CurrentTime, DOCK, window.id, 0, 0])
        )
        manager.send_event(dock)

    def _window(self, visual: int) -> tuple[Any, int]:
        """Make the icon's window: with transparency of its own where the tray says so, else on the tray's ground."""
        from Xlib import X

        mask = (
            *(X.ButtonPressMask, X.ExposureMask, X.StructureNotifyMask),
            *(X.EnterWindowMask, X.LeaveWindowMask),
        )
        more = {"event_mask": sum(mask)}
        depths = self._display.screen().allowed_depths
        if any(one.depth == ARGB and any(each.visual_id == visual for each in one.visuals) for one in depths):
            colours = self._root.create_colormap(visual, X.AllocNone)
            more |= {"background_pixel": 0, "border_pixel": 0, "colormap": colours}
            return self._root.create_window(0, 0, SIZE, SIZE, 0, ARGB, X.InputOutput, visual, **more), ARGB
        more |= {"background_pixmap": X.ParentRelative}
        own = self._display.screen().root_depth
        return self._root.create_window(0, 0, SIZE, SIZE, 0, X.CopyFromParent, X.InputOutput, **more), own

    def _undock(self) -> None:
        if self._surface is not None:
            self._surface.window.destroy()
            self._surface = None
        self._embedded = False
        self._hover = None
        self._docked(False)  # noqa: FBT003 (its only argument)

    def _event(self, event: Any) -> None:
        from Xlib import X

        surface = self._surface
        if event.type == X.ClientMessage and event.client_type == self._atom("MANAGER"):
            if event.data[1][1] == self._selection:
                self._undock()
                self._dock()
        elif surface is None:
            return
        elif event.type == X.DestroyNotify and event.window.id == surface.manager.id:
            self._undock()
            self._dock()
        elif getattr(event, "window", None) == surface.window:  # some tell of no window: another keyboard's keys
            self._own(event)

    def _moved(self, parent: Any) -> None:
        """See whether the tray has taken the window, or has put it out on the screen as it ended."""
        self._embedded = parent.id != self._root.id
        if self._embedded:
            self._docked(True)  # noqa: FBT003 (its only argument)
        else:
            self._undock()

    def _own(self, event: Any) -> None:
        from Xlib import X

        if event.type == X.ReparentNotify:
            self._moved(event.parent)
        elif event.type == X.ConfigureNotify:
            area = (event.width, event.height)
            if area != self._area:
                self._area = area
                self._draw()
        elif event.type == X.Expose and event.count == 0:
            self._draw()
        elif event.type == X.ButtonPress:
            self._clicked(event)
        elif event.type == X.EnterNotify and event.mode == X.NotifyNormal:
            self._hover = self._monotonic() + HOVER_SECONDS
        elif event.type == X.LeaveNotify:
            self._hover = None
            self._popup.close_tooltip()

    def _clicked(self, event: Any) -> None:
        self._hover = None
        self._popup.close_tooltip()
        if event.detail in {LEFT, MIDDLE}:
            self._hands.act("open")
        elif event.detail == RIGHT:
            self._popup.menu(self._hands.menu(), self._anchor(event.root_x))

    def _anchor(self, x: int | None = None) -> Anchor:
        """Give the icon's place on the screen, or so much of it as is below the pointer."""
        if self._surface is None:
            return Anchor(0, 0, 1, 1)
        place = self._root.translate_coords(self._surface.window, 0, 0)
        width, height = self._area
        return Anchor(place.x, place.y, width, height) if x is None else Anchor(x, place.y, 1, height)

    def _follow(self) -> None:
        before, self._show = self._show, self._hands.look()
        if before is None or before.face != self._show.face:
            self._draw()

    def _draw(self) -> None:
        """Draw the icon in the middle of its window, as large as that is: never scaled by anybody else."""
        with without(*PILLOW):
            from PIL import Image

        if self._surface is None or self._show is None:
            return
        window, _, context, depth = self._surface
        if depth not in {TRUE_COLOUR, ARGB}:
            return
        size = max(1, min(self._area))
        x, y = (self._area[0] - size) // 2, (self._area[1] - size) // 2
        picture = draw(self._show.face, size)
        if depth == ARGB:
            picture = picture.convert("RGBa")
        else:
            ground = self._ground(x, y, size)
            if ground is None:
                return
            picture = Image.alpha_composite(ground, picture)
        paint(window, context, picture, x, y, depth, little=little_endian(self._display))

    def _ground(self, x: int, y: int, size: int) -> Any:
        """Give what the tray shows behind the icon; None while it is not on the screen."""
        from PIL import Image
        from Xlib import X, error

        window = self._surface.window if self._surface else None
        if window is None:
            return None
        try:
            window.clear_area(0, 0, 0, 0)
            seen = window.get_image(x, y, size, size, X.ZPixmap, 0xFFFFFFFF)
        except error.XError:
            return None
        order = "BGRX" if little_endian(self._display) else "XRGB"
        return Image.frombytes("RGB", (size, size), seen.data, "raw", order).convert("RGBA")

    def _atom(self, name: str) -> int:
        return int(self._display.get_atom(name))
