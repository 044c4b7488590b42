"""What the tray needs on Windows beyond pystray: a menu as of its opening, a sharp icon, and no veto of a log-off.

It leans on four names within pystray's Icon, which tests under Windows' own Python hold: `_message_handlers`,
`_assert_icon_handle`, `_icon_handle` and `_message`.
"""

import ctypes
from collections.abc import Callable
from struct import Struct
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

# https://learn.microsoft.com/windows/win32/api/shellapi/ns-shellapi-notifyicondataw and its neighbours
WM_QUERYENDSESSION = 0x0011
WM_USER = 0x0400
WM_NOTIFY = WM_USER + 11
"""What pystray lets the icon's events come as."""
WM_RBUTTONUP = 0x0205
NIN_BALLOONUSERCLICK = WM_USER + 5
NIM_MODIFY, NIF_INFO = 1, 0x10
NIIF_INFO, NIIF_WARNING, NIIF_ERROR = 1, 2, 3
SM_CXSMICON = 49
ICON_VERSION = 0x00030000
_URGENT = (NIIF_INFO, NIIF_WARNING, NIIF_ERROR)
_LARGEST_SIZE = 64
_HEADER = Struct("<IiiHHIIiiII")
WAKE_MILLISECONDS = 1000


class WindowsManners:
    """How the icon is on Windows; `user32` is that library."""

    template = False
    asks_for_menu = True

    def __init__(self, user32: Any) -> None:
        self._user32 = user32
        user32.CreateIconFromResourceEx.restype = ctypes.c_void_p
        user32.SetProcessDPIAware()  # else Windows takes the picture for one of a coarse screen, and enlarges it
        self.size = min(user32.GetSystemMetrics(SM_CXSMICON) or _LARGEST_SIZE, _LARGEST_SIZE)

    def begin(self) -> None:
        """Have the main thread wake now and then, as it takes no Ctrl-C while it waits for messages."""
        self._user32.SetTimer(None, 0, WAKE_MILLISECONDS, None)

    def icon(self, pystray: Any, opened: Callable[[], None]) -> Any:
        """Give pystray's Icon with what it lacks."""
        return icon(pystray.Icon, self._user32, opened)

    def label(self, text: str) -> str:
        """Write a text so that a menu shows it as it is: one ampersand would underline what follows."""
        return text.replace("&", "&&")

    def call(self, work: Callable[[], None]) -> None:
        """Do something to the icon: any thread may."""
        work()


def resource(picture: "Image") -> bytes:
    """Give a picture as Windows keeps icons in its programs: the rows from below, then a mask that hides nothing.

    https://learn.microsoft.com/windows/win32/menurc/resource-file-formats, and its BITMAPINFOHEADER.
    """
    width, height = picture.size
    header = _HEADER.pack(_HEADER.size, width, 2 * height, 1, 32, 0, 0, 0, 0, 0, 0)
    row = 4 * width
    pixels = picture.tobytes("raw", "BGRA")
    rows = [pixels[at : at + row] for at in range(0, len(pixels), row)]
    return header + b"".join(rows[::-1]) + bytes(-(-width // 32) * 4 * height)


def icon(base: Any, user32: Any, opened: Callable[[], None]) -> Any:
    """Give a kind of pystray's Icon."""

    class Icon(base):  # type: ignore[misc]
        _icon_handle: Any

        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            handlers = self._message_handlers
            notified = handlers[WM_NOTIFY]

            def notify(wparam: int, event: int) -> Any:
                if event == WM_RBUTTONUP:
                    self.update_menu()  # what it tells is as of now
                if event == NIN_BALLOONUSERCLICK:
                    opened()
                return notified(wparam, event)

            handlers[WM_NOTIFY] = notify
            # pystray answers 0 to what it does not know: to this it would mean that nobody may log off.
            handlers[WM_QUERYENDSESSION] = lambda _wparam, _lparam: 1

        def _assert_icon_handle(self) -> None:
            """Hand the picture over as it is: pystray writes a file, and lets Windows load the wrong size of it."""
            if not self._icon_handle:
                bits = resource(self.icon)
                self._icon_handle = user32.CreateIconFromResourceEx(bits, len(bits), 1, ICON_VERSION, 0, 0, 0)

        def balloon(self, title: str, text: str, urgency: int) -> None:
            """Show a notification; raises OSError."""
            self._message(NIM_MODIFY, NIF_INFO, szInfoTitle=title, szInfo=text, dwInfoFlags=_URGENT[urgency])

    return Icon
