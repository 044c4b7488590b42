"""The real window, on a screen without a monitor: opened, raised, driven, closed, crashed, frozen."""

import os
import re
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from agent import until
from desktop.page import Page, served
from desktop.screen import screen, told
from servers import needs
from traybeat.host.clock import SystemClock
from traybeat.model.stop import Stop
from traybeat.window import keeper as keeping
from traybeat.window.browser import Browser
from traybeat.window.geometry import load
from traybeat.window.keeper import Keeper


def _web_view() -> bool:
    try:
        import gi

        gi.require_version("WebKit2", "4.1")
    except (ImportError, ValueError):
        return False
    return True


pytestmark = [
    needs("Xvfb"),
    needs("openbox"),
    needs("xdotool"),
    needs("dbus-daemon"),
    pytest.mark.skipif(not _web_view(), reason="WebKitGTK or PyGObject is not installed"),
]


def _shows(process: psutil.Process, display: str) -> bool:
    try:
        ours = "WebKit" in process.name() or process.cmdline()[-2:] == ["--helper", "window"]
        return ours and process.status() != psutil.STATUS_ZOMBIE and process.environ().get("DISPLAY") == display
    except psutil.Error:
        return False


class Desk:
    """A keeper in a session, and what the session shows."""

    def __init__(self, home: Path, page: Page, environ: dict[str, str]) -> None:
        self.page, self.environ = page, environ
        self.said: list[str] = []
        self.place = home / "window.json"
        self.codes = 0
        self.runtime = home / "browser"
        self.keeper = Keeper(
            lambda: page.url, self.code, self.place, Browser(self.runtime), SystemClock(), self.said.append,
            environ={**os.environ, **environ, "TRAYBEAT_SECRET_A": "hush"},
        )  # fmt: skip

    def code(self) -> str:
        self.codes += 1
        return f"code{self.codes}"

    def processes(self) -> list[psutil.Process]:
        """Find the window's processes, whoever their parent is by now."""
        return [one for one in psutil.process_iter() if _shows(one, self.environ["DISPLAY"])]

    def view(self) -> psutil.Process:
        return next(one for one in self.processes() if "window" in one.cmdline())

    def window(self) -> str:
        return told(self.environ, "xdotool", "search", "--onlyvisible", "--name", "^Traybeat$").strip()

    def property(self, name: str) -> str:
        return told(self.environ, "xprop", "-id", self.window(), name)

    def quit(self) -> None:
        """Close the window as the window manager's button does."""

        def closed() -> bool:
            self.xdotool("windowactivate", self.window(), "key", "alt+F4")
            return not self.keeper.outlook.open

        until(closed, what="the closing")

    def xdotool(self, *command: str) -> None:
        told(self.environ, "xdotool", *command)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with screen(tmp_path_factory.mktemp("session")) as environ:
        yield environ


@pytest.fixture
def desk(tmp_path: Path, session: dict[str, str]) -> Iterator[Desk]:
    with served() as page:
        made, stop = Desk(tmp_path, page, session), Stop()
        thread = threading.Thread(target=made.keeper.run, args=(stop,))
        thread.start()
        yield made
        stop.set()
        thread.join(10)
        assert not thread.is_alive()
        until(lambda: not made.window(), what="the window's end")


def test_it_opens_with_a_code_that_no_other_process_can_see(desk: Desk) -> None:
    desk.keeper.show("alerts/7")
    assert desk.page.wait(1) == "/alerts/7#code=code1"
    assert desk.page.told[0]["storage"] is True
    assert re.fullmatch("[a-z]{2}(-[A-Z]{2})?", desk.page.told[0]["language"])
    for one in desk.processes():
        assert "code1" not in " ".join(one.cmdline())
        assert "hush" not in str(one.environ())


def test_taskbars_find_its_icon_and_its_entry_among_the_launchers(desk: Desk) -> None:
    desk.keeper.show()
    desk.page.wait(1)
    until(lambda: "Icon (16 x 16)" in desk.property("_NET_WM_ICON"), what="the icon")
    assert "Icon (128 x 128)" in desk.property("_NET_WM_ICON")
    assert '"traybeat"' in desk.property("WM_CLASS").lower()


def test_a_second_request_brings_the_one_window_to_the_front_and_to_a_page(desk: Desk) -> None:
    desk.keeper.show()
    desk.page.wait(1)
    first = desk.window()
    desk.xdotool("windowminimize", "--sync", first)
    desk.keeper.show()
    until(lambda: desk.window() == first, what="the window at the front")
    desk.keeper.show("settings")
    assert desk.page.wait(2) == "/settings#code=code2"
    assert desk.window() == first


def test_pages_of_others_open_in_the_browser_and_the_page_is_given_no_bridge(desk: Desk, tmp_path: Path) -> None:
    log = tmp_path / "opened"
    browser = tmp_path / "browser.sh"
    browser.write_text(f'#!/bin/sh\necho "$1" >>{log}\n', "utf-8")
    browser.chmod(0o700)
    desk.environ["BROWSER"] = str(browser)
    desk.keeper.show("", {"BROWSER": str(browser)})
    desk.page.wait(1)
    desk.page.act("bridge")
    until(lambda: {"bridge": []} in desk.page.told, what="the bridge's absence")
    desk.page.act("leave", "http://other.example:8080/leave")
    until(log.exists, what="the browser")
    desk.xdotool("mousemove", "--window", desk.window(), "60", "60", "click", "1")
    until(lambda: len(log.read_text("utf-8").split()) == 2, what="the browser again")
    assert log.read_text("utf-8").split() == ["http://other.example:8080/leave", "http://other.example:8080/blank"]
    desk.page.act("bridge")
    until(lambda: desk.page.told.count({"bridge": []}) == 2, what="the page, still there")


def test_it_remembers_its_size_and_place_and_leaves_nothing_running(desk: Desk) -> None:
    desk.keeper.show()
    desk.page.wait(1)
    window = desk.window()
    desk.xdotool("windowsize", "--sync", window, "700", "560")
    desk.xdotool("windowmove", "--sync", window, "150", "120")
    desk.quit()
    until(lambda: not desk.processes(), what="the end of its processes")
    first = load(desk.place)
    assert (first.width, first.height) == (700, 560)
    desk.keeper.show()
    desk.page.wait(2)
    desk.quit()
    assert load(desk.place) == first
    assert desk.said == []


def test_a_request_while_it_closes_is_not_lost(desk: Desk) -> None:
    for number in range(1, 4):
        desk.keeper.show()
        desk.page.wait(number)
        desk.xdotool("windowactivate", "--sync", desk.window(), "key", "alt+F4")
        until(lambda: not desk.window(), what="the window's disappearance")
    desk.keeper.show()
    desk.page.wait(4)


def crash(process: psutil.Process) -> None:
    """Send SIGSEGV until it works: the first one that is merely sent is taken by WebKit for a trick of its own."""

    def gone() -> bool:
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            return True
        process.send_signal(signal.SIGSEGV)
        return False

    with suppress(psutil.NoSuchProcess):
        until(gone, what="the crash")


@pytest.mark.parametrize("victim", ["the window", "the page's process"])
def test_a_crash_is_survived(desk: Desk, victim: str) -> None:
    desk.keeper.show("alerts/7")
    desk.page.wait(1)
    name = "python" if victim == "the window" else "WebKitWebProcess"
    crash(next(one for one in desk.processes() if name in one.name()))
    assert desk.page.wait(2) == "/alerts/7#code=code2"
    assert desk.said == ["the window crashed, and was opened again"]


def test_a_frozen_window_is_noticed_and_opened_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "TICK_SECONDS", 0.3)
    desk.keeper.show()
    desk.page.wait(1)
    until(lambda: desk.keeper.outlook.loaded, what="the page")
    frozen = desk.view()
    frozen.suspend()
    desk.page.wait(2)
    assert not frozen.is_running() or frozen.status() == psutil.STATUS_ZOMBIE
    assert desk.said == ["the window did not answer any more, and was opened again"]


def test_without_a_web_view_the_browser_is_handed_a_private_file(tmp_path: Path, session: dict[str, str]) -> None:
    """As where gi is not installed: the helper then says so, and the session's browser opens."""
    seen = tmp_path / "seen"
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    opener = bin_ / "xdg-open"
    opener.write_text(f'#!/bin/sh\nstat -c "%a %n" "$1" >>{seen}\ncat "$1" >>{seen}\n', "utf-8")
    opener.chmod(0o700)
    (tmp_path / "gi.py").write_text("raise ImportError('No module named gi')\n", "utf-8")
    environ = {**session, "PATH": f"{bin_}:{os.environ['PATH']}", "PYTHONPATH": str(tmp_path)}
    with served() as page:
        desk, stop = Desk(tmp_path, page, environ), Stop()
        thread = threading.Thread(target=desk.keeper.run, args=(stop,))
        thread.start()
        desk.keeper.show()
        until(lambda: seen.exists() and "</a>" in seen.read_text("utf-8"), 20, "the browser")
        stop.set()
        thread.join(10)
    assert seen.read_text("utf-8").startswith("600 ")
    assert "#code=code2" in seen.read_text("utf-8")
    assert "install WebKitGTK" in desk.said[0]
