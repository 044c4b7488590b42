"""Notifications on Windows, which belong to the icon in the tray: whoever shows that lends its way to show them."""

from collections.abc import Callable

from traybeat.model.message import Unreachable

LONGEST_TITLE = 63
LONGEST_BODY = 255
"""NOTIFYICONDATAW's szInfoTitle and szInfo have room for so many UTF-16 units, and an end."""

Show = Callable[[str, str, int], None]


class Balloons:
    """Shows notifications for as long as there is an icon."""

    def __init__(self) -> None:
        self._show: Show | None = None

    def lend(self, show: Show | None) -> None:
        """Take the icon's way to show a title, a text and how urgent it is (0 to 2); None when the icon goes."""
        self._show = show

    def capabilities(self) -> frozenset[str]:
        """Say that there is nothing beyond text."""
        return frozenset()

    def show(self, replaces: int, icon: str, title: str, body: str, urgency: int) -> int:  # noqa: ARG002 (the urgency says which icon)
        """Show a notification in place of the last one; raises Unreachable while there is no icon."""
        if self._show is None:
            raise Unreachable("there is no icon in the tray, and Windows shows notifications beside one only")
        try:
            # One without a text would take the last one away.
            self._show(cut(title, LONGEST_TITLE), cut(body, LONGEST_BODY) or " ", urgency)
        except OSError as error:
            raise Unreachable(f"Windows does not show notifications ({type(error).__name__})") from None
        return 0


def cut(text: str, most: int) -> str:
    """Cut a text to so many UTF-16 units, which is how Windows counts."""
    if _units(text) <= most:
        return text
    while _units(text) >= most:
        text = text[: -max(1, (_units(text) - most) // 2)]
    return text + "\N{HORIZONTAL ELLIPSIS}"


def _units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)
