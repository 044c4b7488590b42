"""One web view in a window, as this system has it: where it may go, and what tells that it crashed."""

import locale
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

Crash = Callable[[], None]

ICONS = (16, 24, 32, 48, 64, 128)


def origin(url: str) -> tuple[str, str]:
    """Give the part of an address that tells whose page it is."""
    split = urlsplit(url)
    return split.scheme, split.netloc


class Border:
    """Keeps the web view on our own pages; the browser gets the others."""

    def __init__(self, home: str, outside: Callable[[str], object] = webbrowser.open) -> None:
        self._home = origin(home)
        self._outside = outside

    def crosses(self, url: str) -> bool:
        """Say whether an address is not ours; the browser is then opened, if it is one for browsers."""
        if origin(url) == self._home or url == "about:blank":
            return False
        if urlsplit(url).scheme in {"http", "https"}:
            self._outside(url)
        return True


def dress_gtk(window: Any, gtk: Any, border: Border, crashed: Crash) -> None:
    """Fit WebKitGTK out, before it loads anything.

    Private mode switches local storage off altogether; it is switched on again, and lives in memory in that mode.
    """
    view = gtk.BrowserView.instances[window.uid].webview
    view.get_settings().props.enable_html5_local_storage = True
    # Drawing by the graphics card takes 110 MB more, and its drivers are where windows that stay white come from.
    view.get_settings().set_hardware_acceleration_policy(gtk.webkit.HardwareAccelerationPolicy.NEVER)
    if locale.setlocale(getattr(locale, "LC_MESSAGES", locale.LC_ALL)).partition(".")[0] in {"C", "POSIX"}:
        # The page would be told that its reader's language is "C", which is none that it could format numbers in.
        view.get_context().set_preferred_languages(["en-US"])
    navigation = (gtk.webkit.PolicyDecisionType.NAVIGATION_ACTION, gtk.webkit.PolicyDecisionType.NEW_WINDOW_ACTION)

    def decide(_: Any, decision: Any, kind: Any) -> bool:
        if kind not in navigation:
            return False
        action = decision.get_navigation_action()
        url = action.get_request().get_uri()
        if border.crosses(url):
            decision.ignore()
            return True
        if kind == navigation[1]:
            decision.ignore()
            view.load_uri(url)
            return True
        return False

    # pywebview connected its own handler first, which knows no origins: ours has to come before it.
    with suppress(TypeError):
        view.disconnect_by_func(gtk.BrowserView.instances[window.uid].on_navigation)
    view.connect("decide-policy", decide)
    view.connect("web-process-terminated", lambda *_: crashed())


def adorn_gtk(window: Any) -> None:
    """Give the window its icon, in each size that taskbars ask for; may be called from any thread."""
    from gi.repository import GdkPixbuf, GLib

    from traybeat.tray.glance import Face
    from traybeat.tray.picture import draw

    pictures = []
    for size in ICONS:
        data = GLib.Bytes.new(draw(Face("well", 0, "status"), size).tobytes())
        colours = GdkPixbuf.Colorspace.RGB
        pictures.append(GdkPixbuf.Pixbuf.new_from_bytes(data, colours, True, 8, size, size, 4 * size))  # noqa: FBT003
    GLib.idle_add(window.native.set_icon_list, pictures)


def turn_back(window: Any, home: str, border: Border) -> None:
    """Where the system has no way to be asked before: send the web view home from a page that is not ours."""
    with suppress(Exception):
        url = window.get_current_url()
        if url and border.crosses(url):
            window.load_url(home)
