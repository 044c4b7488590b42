"""A hidden window, which hears what Windows tells every window: power, the end of the session.

It must be one of the desktop's, as windows for messages alone are left out of that.
"""

import ctypes
import logging
import sys
from collections.abc import Callable

from traybeat.host.logs import fields
from traybeat.model.stop import Stop

log = logging.getLogger("traybeat.window")

Answer = Callable[[int, int, int], int | None]
"""Takes a message, its wParam and its lParam; None leaves the answer to Windows."""
WM_DESTROY = 0x0002
WM_CLOSE = 0x0010

if sys.platform == "win32":
    from ctypes import wintypes

    _Procedure = ctypes.WINFUNCTYPE(
        ctypes.c_ssize_t, wintypes.HWND, wintypes.UINT, wintypes.WPARAM, wintypes.LPARAM, use_last_error=True
    )

    class _WindowClass(ctypes.Structure):
        _fields_ = (
            ("style", wintypes.UINT),
            ("procedure", _Procedure),
            ("class_extra", ctypes.c_int),
            ("window_extra", ctypes.c_int),
            ("instance", wintypes.HINSTANCE),
            ("icon", wintypes.HICON),
            ("cursor", wintypes.HANDLE),
            ("background", wintypes.HBRUSH),
            ("menu_name", wintypes.LPCWSTR),
            ("class_name", wintypes.LPCWSTR),
        )

    def listen(name: str, answer: Answer, stop: Stop) -> None:
        """Have a window of that name, on this thread, until told to stop; raises OSError where there can't be one."""
        user32 = _user32()

        def procedure(window: int, message: int, wparam: int, lparam: int) -> int:
            if message == WM_DESTROY:
                user32.PostQuitMessage(0)
            ours = answered(answer, message, wparam, lparam)
            theirs: int = user32.DefWindowProcW(window, message, wparam, lparam) if ours is None else ours
            return theirs

        kind = _WindowClass(procedure=_Procedure(procedure), class_name=name)
        if not user32.RegisterClassW(ctypes.byref(kind)):
            raise ctypes.WinError(ctypes.get_last_error())
        try:
            window = user32.CreateWindowExW(0, name, name, 0, 0, 0, 0, 0, None, None, None, None)
            if not window:
                raise ctypes.WinError(ctypes.get_last_error())
            stop.call(lambda: user32.PostMessageW(window, WM_CLOSE, 0, 0))
            message = wintypes.MSG()
            while user32.GetMessageW(ctypes.byref(message), None, 0, 0) > 0:
                user32.DispatchMessageW(ctypes.byref(message))
        finally:
            user32.UnregisterClassW(name, None)

    def _user32() -> ctypes.WinDLL:
        user32 = ctypes.WinDLL("user32", use_last_error=True)
        user32.CreateWindowExW.restype = wintypes.HWND
        user32.CreateWindowExW.argtypes = (
            *(wintypes.DWORD, wintypes.LPCWSTR, wintypes.LPCWSTR, wintypes.DWORD),
            *(ctypes.c_int,) * 4,
            *(wintypes.HWND, wintypes.HMENU, wintypes.HINSTANCE, wintypes.LPVOID),
        )
        for call in (user32.DefWindowProcW, user32.PostMessageW):
            call.argtypes = (wintypes.HWND, wintypes.UINT, wintypes.WPARAM, wintypes.LPARAM)
        user32.DefWindowProcW.restype = ctypes.c_ssize_t
        user32.GetMessageW.argtypes = (ctypes.POINTER(wintypes.MSG), wintypes.HWND, wintypes.UINT, wintypes.UINT)
        return user32


def answered(answer: Answer, message: int, wparam: int, lparam: int) -> int | None:
    """Ask what to answer; what goes wrong in it is told here, as Windows would never hear of it."""
    try:
        return answer(message, wparam, lparam)
    except Exception as error:
        log.exception("a message of Windows was in vain", extra=fields(part="events", kind=type(error).__name__))
        return None
