"""A connection to the session's bus that answers calls as well as making them."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any, Protocol

from traybeat.channels.deadline import deadline

SECONDS = 5.0
Reply = Callable[[Any], None]


class Call:
    """A call that somebody made to us."""

    __slots__ = ("body", "interface", "member", "message", "path")

    def __init__(self, message: Any) -> None:
        from jeepney import HeaderFields

        fields = message.header.fields
        self.message = message
        self.path = fields.get(HeaderFields.path, "")
        self.interface = fields.get(HeaderFields.interface, "")
        self.member = fields.get(HeaderFields.member, "")
        self.body = message.body


class Objects(Protocol):
    """What answers calls."""

    def answer(self, call: Call) -> tuple[str, tuple[Any, ...]] | None:
        """Give the signature and values of an answer; None where there is no such method."""


class Bus:
    """One connection, used by one thread. Errors of the connection are OSErrors."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._waiting: dict[int, Reply] = {}
        self._signals: dict[str, Callable[[Any], None]] = {}

    def call(self, name: str, path: str, interface: str, member: str, signature: str, body: Any, reply: Reply) -> None:
        """Call a method; `reply` gets the answer's values, or None for an error, once it is there."""
        from jeepney import DBusAddress, new_method_call

        message = new_method_call(DBusAddress(path, name, interface), member, signature or None, body)
        serial = next(self._connection.outgoing_serial)
        self._waiting[serial] = reply
        self._connection.send(message, serial=serial)

    def signal(self, path: str, interface: str, member: str, signature: str = "", body: tuple[Any, ...] = ()) -> None:
        """Tell everybody."""
        from jeepney import DBusAddress, new_signal

        self._connection.send(new_signal(DBusAddress(path, interface=interface), member, signature or None, body))

    def hear(self, member: str, what: Callable[[Any], None]) -> None:
        """Have signals of this name handed over."""
        self._signals[member] = what

    def turn(self, objects: Objects, seconds: float) -> None:
        """Wait so long for a message, and deal with it."""
        from jeepney import HeaderFields, MessageType

        try:
            message = self._connection.receive(timeout=seconds)
        except TimeoutError:
            return
        fields = message.header.fields
        match message.header.message_type:
            case MessageType.method_call:
                self._answer(Call(message), objects)
            case MessageType.method_return:
                self._waiting.pop(fields[HeaderFields.reply_serial], _ignore)(message.body)
            case MessageType.error:
                self._waiting.pop(fields.get(HeaderFields.reply_serial, -1), _ignore)(None)
            case _:
                self._signals.get(fields.get(HeaderFields.member, ""), _ignore)(message.body)

    def _answer(self, call: Call, objects: Objects) -> None:
        from jeepney import new_error, new_method_return

        try:
            found = objects.answer(call)
        except (ValueError, TypeError, IndexError, KeyError):
            found = None
        if found is None:
            reply = new_error(call.message, "org.freedesktop.DBus.Error.UnknownMethod")
        else:
            reply = new_method_return(call.message, found[0] or None, found[1])
        self._connection.send(reply)


def _ignore(body: Any) -> None:
    """Take what nobody asked for."""


@contextmanager
def connected(address: str) -> Iterator[Bus]:
    """Connect, and close in the end; raises OSError."""
    from jeepney.bus import get_bus
    from jeepney.io.blocking import DBusConnection, prep_socket

    try:
        socket = prep_socket(get_bus(address), enable_fds=False, timeout=SECONDS)
    except (ValueError, RuntimeError, KeyError) as error:
        raise OSError(f"the session's bus can't be used: {error}") from None
    with closing(socket):
        with deadline(SECONDS, lambda: socket):  # the library waits for the bus's greeting for ever
            connection = DBusConnection(socket)
        yield Bus(connection)
