"""What is added to pystray's Icon on Windows; tests/desktop/test_windows.py has the real one."""

import struct
from types import SimpleNamespace
from typing import Any

from PIL import Image

from traybeat.tray.windows import (
    ICON_VERSION,
    NIIF_ERROR,
    NIN_BALLOONUSERCLICK,
    WM_NOTIFY,
    WM_QUERYENDSESSION,
    WM_RBUTTONUP,
    WindowsManners,
    resource,
)


class Call:
    """A function of a library."""

    restype: object = None

    def __init__(self, answer: int = 0) -> None:
        self.answer = answer
        self.calls: list[tuple[Any, ...]] = []

    def __call__(self, *arguments: Any) -> int:
        self.calls.append(arguments)
        return self.answer


class User32:
    def __init__(self, size: int = 16) -> None:
        self.SetProcessDPIAware, self.GetSystemMetrics = Call(1), Call(size)
        self.CreateIconFromResourceEx, self.SetTimer = Call(4711), Call(1)


class Icon:
    """pystray's, as far as it is leant on."""

    def __init__(self, name: str, icon: Any) -> None:
        self.icon = icon
        self.did: list[Any] = []
        self._icon_handle: Any = None
        self._message_handlers = {WM_NOTIFY: self._on_notify}

    def receive(self, message: int, word: int = 0) -> int:
        """Take a message of Windows'."""
        return self._message_handlers[message](0, word)

    def handle(self) -> int:
        """Give the picture as Windows has it."""
        self._assert_icon_handle()
        return int(self._icon_handle)

    def _assert_icon_handle(self) -> None:
        raise NotImplementedError

    def _on_notify(self, wparam: int, lparam: int) -> int:
        self.did.append(lparam)
        return 0

    def update_menu(self) -> None:
        self.did.append("menu")

    def _message(self, code: int, flags: int, **more: Any) -> None:
        self.did.append(more)


def built(user32: User32, opened: list[str]) -> Any:
    manners = WindowsManners(user32)
    kind = manners.icon(SimpleNamespace(Icon=Icon), lambda: opened.append("opened"))
    return kind("traybeat", Image.new("RGBA", (16, 16)))


def test_the_menu_is_built_as_it_is_opened() -> None:
    icon = built(User32(), [])
    icon.receive(WM_NOTIFY, WM_RBUTTONUP)
    assert icon.did == ["menu", WM_RBUTTONUP]


def test_a_click_on_a_notification_opens_the_dashboard() -> None:
    opened: list[str] = []
    icon = built(User32(), opened)
    icon.receive(WM_NOTIFY, NIN_BALLOONUSERCLICK)
    assert opened == ["opened"]


def test_nobody_is_kept_from_logging_off() -> None:
    assert built(User32(), []).receive(WM_QUERYENDSESSION) == 1


def test_a_notification_tells_how_urgent_it_is() -> None:
    icon = built(User32(), [])
    icon.balloon("CPU busy", "95 %", 2)
    assert icon.did == [{"szInfoTitle": "CPU busy", "szInfo": "95 %", "dwInfoFlags": NIIF_ERROR}]


def test_the_picture_is_handed_over_as_it_is_and_once() -> None:
    user32 = User32()
    icon = built(user32, [])
    assert [icon.handle(), icon.handle()] == [4711, 4711]
    ((data, size, is_icon, version, *_),) = user32.CreateIconFromResourceEx.calls
    assert (size, is_icon, version) == (len(data), 1, ICON_VERSION)


def test_a_picture_becomes_what_windows_programs_keep() -> None:
    picture = Image.new("RGBA", (3, 2))
    picture.putpixel((0, 0), (1, 2, 3, 4))
    data = resource(picture)
    assert data[:16] == struct.pack("<IiiHH", 40, 3, 4, 1, 32)
    assert data[40:] == bytes(12) + bytes((3, 2, 1, 4)) + bytes(8) + bytes(8)


def test_the_picture_has_the_size_of_the_screens_small_icons() -> None:
    assert WindowsManners(User32(20)).size == 20
    assert WindowsManners(User32(0)).size == 64
    assert WindowsManners(User32(256)).size == 64


def test_an_ampersand_is_shown_and_underlines_nothing() -> None:
    assert WindowsManners(User32()).label("Hot & bothered") == "Hot && bothered"


def test_any_thread_may_change_the_icon() -> None:
    done: list[str] = []
    WindowsManners(User32()).call(lambda: done.append("done"))
    assert done == ["done"]


def test_the_main_thread_wakes_now_and_then_so_that_it_hears_of_ctrl_c() -> None:
    user32 = User32()
    WindowsManners(user32).begin()
    ((_, _, milliseconds, _),) = user32.SetTimer.calls
    assert milliseconds <= 1000
