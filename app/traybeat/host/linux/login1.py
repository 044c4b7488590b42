"""Hears from systemd-logind, on the system's bus, that the machine is about to sleep or has woken.

https://www.freedesktop.org/software/systemd/man/latest/org.freedesktop.login1.html, PrepareForSleep.
"""

import socket
from collections.abc import Callable
from contextlib import closing, suppress

from traybeat.model.stop import Stop

_AGAIN_SECONDS = 300.0
_INTERFACE = "org.freedesktop.login1.Manager"
_SIGNAL = "PrepareForSleep"


class Login1:
    """The service that listens; `told` gets True before a sleep and False after it.

    Without a bus it tries again now and then, and is never missed: the clocks tell of every sleep, too.
    """

    name = "sleep"

    def __init__(self, told: Callable[[bool], None], bus: str = "SYSTEM", again: float = _AGAIN_SECONDS) -> None:
        self._told = told
        self._bus = bus
        self._again = again

    def run(self, stop: Stop) -> None:
        """Listen until told to stop."""
        while not stop.is_set():
            with suppress(OSError, ValueError, RuntimeError, KeyError):
                self._listen(stop)
            stop.wait(self._again)

    def _listen(self, stop: Stop) -> None:
        from jeepney import DBusErrorResponse, MatchRule, message_bus
        from jeepney.bus import get_bus
        from jeepney.io.blocking import DBusConnection, prep_socket
        from jeepney.wrappers import unwrap_msg

        rule = MatchRule(type="signal", interface=_INTERFACE, member=_SIGNAL)
        wire = prep_socket(get_bus(self._bus), enable_fds=False, timeout=5.0)
        with wire, closing(DBusConnection(wire)) as connection:
            stop.call(lambda: _hang_up(wire))
            with suppress(DBusErrorResponse):
                unwrap_msg(connection.send_and_get_reply(message_bus.AddMatch(rule), timeout=5.0))
            while not stop.is_set():
                message = connection.receive()
                if rule.matches(message):
                    self._told(bool(message.body[0]))


def _hang_up(wire: socket.socket) -> None:
    with suppress(OSError):
        wire.shutdown(socket.SHUT_RDWR)
