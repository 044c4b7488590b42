import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from counterparts import HOSTILE, message, notice
from fakes import FakeSecrets
from traybeat.channels.desktop import MOST_REMEMBERED, Desktop, Options, SessionBus, build, session_bus
from traybeat.channels.registry import Outfit
from traybeat.model.message import Unreachable


class FakeService:
    """Remembers what it was to show."""

    def __init__(self, *capabilities: str) -> None:
        self.shown: list[tuple[int, str, str, str, int]] = []
        self._capabilities = frozenset(capabilities)

    def capabilities(self) -> frozenset[str]:
        return self._capabilities

    def show(self, replaces: int, icon: str, title: str, body: str, urgency: int) -> int:
        self.shown.append((replaces, icon, title, body, urgency))
        return len(self.shown)


def test_an_alert_is_shown_with_what_it_is_about() -> None:
    service = FakeService()
    assert Desktop(service).send(message()) == "shown"
    assert service.shown == [
        (
            0,
            "dialog-warning",
            "[warning] CPU busy on box",
            "CPU busy: 95 % on box\nmake (42, ann): 91 % CPU, 250 MB",
            1,
        )
    ]


def test_the_end_takes_the_place_of_the_beginning() -> None:
    service = FakeService()
    desktop = Desktop(service)
    desktop.send(message(notice(alert="a")))
    desktop.send(message(notice(alert="b")))
    desktop.send(message(notice(alert="a", event="resolved")))
    desktop.send(message(notice(alert="c", event="resolved")))
    assert [(replaces, icon) for replaces, icon, *_ in service.shown] == [
        (0, "dialog-warning"),
        (0, "dialog-warning"),
        (1, "emblem-default"),
        (0, "emblem-default"),
    ]


def test_what_was_shown_is_not_remembered_for_ever() -> None:
    service = FakeService()
    desktop = Desktop(service)
    for number in range(MOST_REMEMBERED + 1):
        desktop.send(message(notice(alert=str(number))))
    desktop.send(message(notice(alert="0", event="resolved")))
    desktop.send(message(notice(alert="2", event="resolved")))
    assert [one[0] for one in service.shown[-2:]] == [0, 3]


def test_many_alerts_make_one_notification_of_a_few_lines() -> None:
    service = FakeService()
    Desktop(service).send(message(*[notice(severity="critical")] * 30))
    (_, icon, title, body, urgency) = service.shown[0]
    assert (icon, urgency) == ("dialog-error", 2)
    assert title.startswith("30 alert messages")
    assert body.splitlines()[-1] == "and 24 more"
    assert len(body.splitlines()) == 7


def test_markup_is_escaped_where_it_would_be_understood() -> None:
    told = message(notice(text="<b>a & b</b>", processes=()))
    plain, marked_up = FakeService(), FakeService("body", "body-markup")
    Desktop(plain).send(told)
    Desktop(marked_up).send(told)
    assert plain.shown[0][3] == "<b>a & b</b>"
    assert marked_up.shown[0][3] == "&lt;b&gt;a &amp; b&lt;/b&gt;"


def test_a_test_message_is_shown_too() -> None:
    service = FakeService()
    Desktop(service).send(message(notices=(), kind="test"))
    assert service.shown[0][1:3] == ("dialog-information", "Test message from Traybeat on box")


def test_the_bus_is_found_where_the_session_says_or_where_it_always_is() -> None:
    assert session_bus({"DBUS_SESSION_BUS_ADDRESS": "unix:path=/x"}) == "unix:path=/x"
    assert session_bus({"XDG_RUNTIME_DIR": "/run/user/7"}, lambda path: True) == "unix:path=/run/user/7/bus"
    assert session_bus({"XDG_RUNTIME_DIR": "/run/user/7"}, lambda path: False) is None
    assert session_bus({}) is None


def test_where_nothing_shows_notifications_or_when_switched_off_there_is_no_channel() -> None:
    service = FakeService()
    assert build(Options(), Outfit(FakeSecrets(), "box")) is None
    assert build(Options(enabled=False), Outfit(FakeSecrets(), "box", service)) is None
    assert build(Options(), Outfit(FakeSecrets(), "box", service)) is not None


BUS = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>{address}</listen>
  <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>
"""

needs_bus = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("dbus-daemon") is None, reason="there is no dbus-daemon"
)


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[str]:
    """A session bus of the test's own, which starts no services by itself."""
    address = f"unix:path={tmp_path}/bus"
    config = tmp_path / "bus.conf"
    config.write_text(BUS.format(address=address), "utf-8")
    daemon = subprocess.Popen(
        ["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile", "--print-address=1"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert daemon.stdout is not None
    with daemon, daemon.stdout:
        daemon.stdout.readline()
        yield address
        daemon.terminate()


class Notifier(threading.Thread):
    """A notification service on a real bus; answers two calls, or refuses them."""

    def __init__(self, address: str, *, refuse: bool = False) -> None:
        super().__init__(daemon=True)
        from jeepney import message_bus
        from jeepney.io.blocking import Proxy, open_dbus_connection

        self.calls: list[tuple[Any, ...]] = []
        self._refuse = refuse
        self._connection = open_dbus_connection(address)
        Proxy(message_bus, self._connection).RequestName("org.freedesktop.Notifications")

    def run(self) -> None:
        from jeepney import HeaderFields, MessageType, new_error, new_method_return

        answers: dict[str, tuple[str, Any]] = {"GetCapabilities": ("as", (["body"],)), "Notify": ("u", (7,))}
        while len(self.calls) < (1 if self._refuse else 2):
            try:
                call = self._connection.receive(timeout=10)
            except TimeoutError:
                break
            if call.header.message_type is not MessageType.method_call:
                continue
            member = call.header.fields[HeaderFields.member]
            self.calls.append((member, *call.body))
            signature, body = answers[member]
            refused = new_error(call, "org.freedesktop.DBus.Error.AccessDenied")
            self._connection.send(refused if self._refuse else new_method_return(call, signature, body))
        self._connection.close()


@needs_bus
def test_a_notification_reaches_a_service_on_a_real_bus(bus: str) -> None:
    service = Notifier(bus)
    service.start()
    hostile = message(notice(text=HOSTILE.replace("\udcff", ""), processes=()))
    assert Desktop(SessionBus(bus)).send(hostile) == "shown"
    service.join(10)
    capabilities, notify = service.calls
    assert capabilities == ("GetCapabilities",)
    member, application, replaces, icon, title, body, actions, hints, expires = notify
    assert (member, application, replaces, icon, actions, expires) == (
        "Notify",
        "Traybeat",
        0,
        "dialog-warning",
        [],
        -1,
    )
    assert title == "[warning] CPU busy on box"
    assert body.isprintable()
    assert hints["urgency"] == ("y", 1)


@needs_bus
def test_a_bus_without_a_notification_service_is_for_now(bus: str) -> None:
    with pytest.raises(Unreachable, match="ServiceUnknown"):
        Desktop(SessionBus(bus)).send(message())


@needs_bus
def test_a_service_that_refuses_is_for_now(bus: str) -> None:
    service = Notifier(bus, refuse=True)
    service.start()
    with pytest.raises(Unreachable, match="AccessDenied"):
        Desktop(SessionBus(bus)).send(message())
    service.join(10)


@pytest.mark.skipif(sys.platform != "linux", reason="D-Bus is Linux's")
def test_a_bus_that_never_greets_is_left_in_time(tmp_path: Path) -> None:
    listener = socket.socket(socket.AF_UNIX)  # type: ignore[attr-defined, unused-ignore]
    listener.bind(str(tmp_path / "bus"))
    listener.listen()
    ended = threading.Event()

    def pretend() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(1024)
            connection.sendall(b"OK 0123456789abcdef\r\n")
            ended.wait(10)

    with listener:
        thread = threading.Thread(target=pretend)
        thread.start()
        started = time.monotonic()
        with pytest.raises(Unreachable):
            Desktop(SessionBus(f"unix:path={tmp_path}/bus", seconds=0.3)).send(message())
        assert time.monotonic() - started < 5
        ended.set()
        thread.join(10)


@pytest.mark.skipif(sys.platform != "linux", reason="D-Bus is Linux's")
def test_a_session_that_is_over_is_for_now(tmp_path: Path) -> None:
    for address in (f"unix:path={tmp_path}/nothing", "nonsense"):
        with pytest.raises(Unreachable):
            Desktop(SessionBus(address)).send(message())
