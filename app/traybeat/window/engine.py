"""Which web view this machine has, and how to get one. Only in the window's own process: it loads the web view."""

import os
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

_FROM_SOURCE = (
    "install WebKitGTK and its Python bindings (Debian, Ubuntu: python3-gi gir1.2-webkit2-4.1; "
    "Fedora: python3-gobject webkit2gtk4.1), for Python's own environments also: pip install 'traybeat[webkitgtk]'"
)
_FROM_A_PACKAGE = (
    "install WebKitGTK and GObject introspection (Debian, Ubuntu: gir1.2-webkit2-4.1 libgirepository-1.0-1; "
    "Fedora: webkit2gtk4.1 gobject-introspection)"
)
HINTS: Mapping[str, str] = {
    "linux": _FROM_A_PACKAGE if getattr(sys, "frozen", False) else _FROM_SOURCE,
    "darwin": "pip install 'pywebview[cocoa]'",
    "win32": "install the WebView2 runtime: https://developer.microsoft.com/microsoft-edge/webview2/ "
    "(it stands on the .NET Framework, which Windows 10 and 11 have)",
}


_LONGEST_REASON = 120


class NoWebViewError(Exception):
    """There is no web view that could show the dashboard; `hint` says how to get one, where that would help."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.hint = hint


def load(platform: str = sys.platform, importer: Any = import_module) -> tuple[Any, str]:
    """Import pywebview and find its engine; gives the module and the engine's name, raises NoWebViewError."""
    os.environ.setdefault("PYWEBVIEW_LOG", "CRITICAL")
    try:
        webview = importer("webview")
        return webview, _ENGINES[platform](importer)
    except NoWebViewError:
        raise
    except Exception as error:
        reason = " ".join(str(error).split())[:_LONGEST_REASON] or type(error).__name__
        raise NoWebViewError(reason, HINTS.get(platform, "")) from error


def _windows(importer: Any) -> str:
    # Without WebView2 it would fall back to Internet Explorer, which shows nothing of ours.
    if not importer("webview.platforms.winforms").is_chromium:
        raise NoWebViewError("there is no WebView2 runtime", HINTS["win32"])
    return "WebView2"


def _mac(importer: Any) -> str:
    importer("webview.platforms.cocoa")
    return "WKWebView"


def _linux(importer: Any) -> str:
    gtk = importer("webview.platforms.gtk")
    if gtk.Gdk.Display.get_default() is None:
        raise NoWebViewError("there is no display")
    gtk.glib.set_prgname("traybeat")  # by which desktops find the launcher's entry, and with it name and icon
    return "WebKitGTK " + ".".join(map(str, gtk.webkit_ver))


_ENGINES: Mapping[str, Callable[[Any], str]] = {"linux": _linux, "darwin": _mac, "win32": _windows}
