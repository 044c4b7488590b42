"""Notifications on the desktop: org.freedesktop.Notifications over the session's D-Bus.

The specification: https://specifications.freedesktop.org/notification-spec/latest/. Other systems have ways of their
own to show them: `balloon.py`, `osascript.py`.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from traybeat.channels import wording
from traybeat.channels.deadline import deadline
from traybeat.channels.registry import Notifications, Outfit, Registration
from traybeat.model.alert import Severity
from traybeat.model.message import Message, Unreachable
from traybeat.model.settings import ChannelOptions
from traybeat.model.text import unmarked

MOST_LINES = 6
MOST_REMEMBERED = 200
SECONDS = 5.0
_URGENCY: Mapping[Severity, int] = {"info": 0, "warning": 1, "critical": 2}
_ICONS: Mapping[str, str] = {
    "info": "dialog-information",
    "warning": "dialog-warning",
    "critical": "dialog-error",
    "resolved": "emblem-default",
}


@dataclass(frozen=True, slots=True)
class Options(ChannelOptions):
    """The desktop's section of the settings."""

    enabled: Annotated[bool, "Whether to show notifications, where there is a desktop session"] = True


class Desktop:
    """Shows one notification for each message; the end of an alert takes the place of its beginning."""

    name = "desktop"
    remote = False

    def __init__(self, service: Notifications) -> None:
        self._service = service
        self._shown: OrderedDict[str, int] = OrderedDict()

    def send(self, message: Message) -> str:
        """Show a message."""
        marked_up = "body-markup" in self._service.capabilities()
        body = _body(message)
        number = self._service.show(
            self._replaced(message),
            _icon(message),
            wording.headline(message),
            unmarked(body) if marked_up else body,
            _URGENCY[wording.severity(message.notices)],
        )
        for one in message.notices:
            self._shown[one.alert] = number
        while len(self._shown) > MOST_REMEMBERED:
            self._shown.popitem(last=False)
        return "shown"

    def _replaced(self, message: Message) -> int:
        if len(message.notices) != 1 or message.notices[0].event != "resolved":
            return 0
        return self._shown.get(message.notices[0].alert, 0)


def _icon(message: Message) -> str:
    fired = any(one.event == "triggered" for one in message.notices)
    ended = message.notices and not fired
    return _ICONS["resolved" if ended else wording.severity(message.notices)]


def _body(message: Message) -> str:
    lines = [wording.sentence(one) for one in message.notices]
    if len(message.notices) == 1 and message.notices[0].event == "triggered":
        lines += [wording.process(each) for each in message.notices[0].processes[:3]]
    left = len(message.notices) - MOST_LINES
    return "\n".join([*lines[:MOST_LINES], *([f"and {left} more"] if left > 0 else [])])


class SessionBus:
    """The notification service on the session's bus; connects for each call, as messages are rare."""

    def __init__(self, address: str, seconds: float = SECONDS) -> None:
        self._address = address
        self._seconds = seconds

    def capabilities(self) -> frozenset[str]:
        """Ask what it can show."""
        (found,) = self._call("GetCapabilities", "", ())
        return frozenset(found)

    def show(self, replaces: int, icon: str, title: str, body: str, urgency: int) -> int:
        """Show a notification; a critical one stays until somebody closes it."""
        hints = {"urgency": ("y", urgency), "desktop-entry": ("s", "traybeat"), "category": ("s", "device")}
        arguments: tuple[Any, ...] = ("Traybeat", replaces, icon, title, body, [], hints, -1)
        (number,) = self._call("Notify", "susssasa{sv}i", arguments)
        return int(number)

    def _call(self, method: str, signature: str, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        from jeepney import DBusAddress, DBusErrorResponse, new_method_call
        from jeepney.bus import get_bus
        from jeepney.io.blocking import DBusConnection, prep_socket
        from jeepney.wrappers import unwrap_msg

        service = DBusAddress(
            "/org/freedesktop/Notifications", "org.freedesktop.Notifications", "org.freedesktop.Notifications"
        )
        call = new_method_call(service, method, signature or None, arguments)
        try:
            socket = prep_socket(get_bus(self._address), enable_fds=False, timeout=self._seconds)
            # Once it is connected, the library waits for the bus's greeting for ever.
            with socket, deadline(self._seconds, lambda: socket), closing(DBusConnection(socket)) as connection:
                body = unwrap_msg(connection.send_and_get_reply(call, timeout=self._seconds))
        except (OSError, DBusErrorResponse, ValueError, RuntimeError) as error:
            name = getattr(error, "name", type(error).__name__)
            raise Unreachable(f"no notification service answers on the session's bus ({name})") from None
        return tuple(body)


def session_bus(environ: Mapping[str, str], exists: Callable[[Path], bool] = Path.exists) -> str | None:
    """Find the session bus's address; None where there is no session."""
    if address := environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return address
    runtime = environ.get("XDG_RUNTIME_DIR")
    return f"unix:path={runtime}/bus" if runtime and exists(Path(runtime, "bus")) else None


def build(options: Options, outfit: Outfit) -> Desktop | None:
    """Set the channel up where there is a desktop session."""
    return Desktop(outfit.notifications) if options.enabled and outfit.notifications else None


REGISTRATION = Registration("desktop", Options, build)
