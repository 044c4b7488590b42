"""What the tray needs on macOS beyond pystray: every change of the icon on the main thread, as AppKit insists."""

from collections.abc import Callable
from typing import Any


class MacosManners:
    """How the icon is in macOS' menu bar; `call` is callAfter of PyObjCTools.AppHelper."""

    template = True
    asks_for_menu = False
    size = 64

    def __init__(self, call: Callable[[Callable[[], None]], None]) -> None:
        self.call = call

    def begin(self) -> None:
        """Do nothing more."""

    def icon(self, pystray: Any, opened: Callable[[], None]) -> Any:  # noqa: ARG002 (notifications come from elsewhere)
        """Give pystray's Icon as it is."""
        return pystray.Icon

    def label(self, text: str) -> str:
        """Write a text so that a menu shows it as it is."""
        return text
