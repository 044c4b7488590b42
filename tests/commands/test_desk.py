import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from traybeat.commands.desk import findings, login, secrets, tray, web_view
from traybeat.commands.finding import Finding
from traybeat.host.autostart import AutostartError, Entry
from traybeat.host.vault import Keyring, Report

DISPLAY = {"DISPLAY": ":0"}


class FakeAutostart:
    def __init__(self, entry: Entry | None = None) -> None:
        self._entry = entry

    def entry(self) -> Entry:
        if self._entry is None:
            raise AutostartError("/x can't be read: Permission denied")
        return self._entry

    def switch(self, *, on: bool) -> Entry:
        raise AssertionError("the doctor changes nothing")


def test_a_keyring_that_works_is_named() -> None:
    found = secrets(Report("Secret Service Keyring", None), there=True)
    assert (found.mark, found.fix) == ("ok", None)
    assert found.detail.startswith("Secret Service Keyring")


@pytest.mark.parametrize(("there", "mark"), [(True, "bad"), (False, "none")])
def test_one_that_does_not_comes_with_what_to_do(there: bool, mark: str) -> None:
    found = secrets(Report(None, "the keyring is locked"), there=there)
    assert found.mark == mark
    assert "TRAYBEAT_SECRET_NAME" in str(found.fix)


def test_the_web_view_is_named_or_how_to_get_one() -> None:
    def tell(**told: str) -> bytes:
        return json.dumps(told).encode()

    assert web_view(DISPLAY, lambda _: tell(event="engine", name="WebKitGTK 2.42")).detail == "WebKitGTK 2.42"
    missing = web_view(DISPLAY, lambda _: tell(event="unavailable", detail="no gi", hint="install WebKitGTK"))
    assert (missing.mark, missing.fix) == ("bad", "install WebKitGTK")
    assert "no gi" in missing.detail


def test_a_window_that_does_not_start_is_told() -> None:
    def hang(_: Mapping[str, str]) -> bytes:
        raise TimeoutError

    assert web_view(DISPLAY, hang).mark == "bad"
    assert web_view(DISPLAY, lambda _: b"").mark == "bad"


@pytest.mark.parametrize(
    ("entry", "mark"),
    [
        (Entry(on=True, place="/x"), "ok"),
        (Entry(on=False, place="/x"), "none"),
        (Entry(on=True, place="/x", problem="it starts another copy"), "bad"),
        (None, "bad"),
    ],
)
def test_start_at_login_is_told(entry: Entry | None, mark: str) -> None:
    assert login(FakeAutostart(entry)).mark == mark


def test_everything_is_looked_at(tmp_path: Path) -> None:
    found = findings(
        Keyring(tmp_path / "n", there=False), FakeAutostart(), {"DISPLAY": ":0"}, lambda _: b"{}", yes, yes
    )
    assert [one.subject for one in found] == ["tray", "keyring", "web view", "start at login"]


BUS = {"DISPLAY": ":0", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/x"}


def yes(where: str) -> bool:
    return True


def no(where: str) -> bool:
    return False


def broken(address: str) -> bool:
    raise ConnectionRefusedError


def test_the_tray_is_shown_or_how_to_get_one() -> None:
    assert tray(BUS, yes, no, "linux").detail == "a StatusNotifier host shows the icon"
    found = tray(BUS, no, no, "linux")
    assert found.mark == "bad"
    assert "AppIndicator" in str(found.fix)
    assert "ConnectionRefused" in tray(BUS, broken, no, "linux").detail
    assert tray(DISPLAY, broken, no, "linux").mark == "bad"
    assert tray({}, broken, no, "linux").mark == "none"
    assert tray({}, broken, no, "win32").mark == "ok"


@pytest.mark.parametrize("hosted", [no, broken])
def test_the_tray_may_be_of_the_older_kind(hosted: Callable[[str], bool]) -> None:
    assert tray(BUS, hosted, yes, "linux") == Finding("ok", "tray", "an XEmbed tray shows the icon")
    assert tray(DISPLAY, broken, yes, "linux").mark == "ok"
