"""The icon in a tray of the older kind, tint2's: seen, driven by mouse and keys, kept through the tray's death."""

import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import ImageDraw, ImageFont  # noqa: F401 (whole, before the icon's drawing imports it without text)

from agent import Agent, free_port, until
from desktop.screen import screen, told
from traybeat.host.spawn import helper_command
from traybeat.tray.glance import Face
from traybeat.tray.linux.popup import Popup
from traybeat.tray.linux.popup_window import Shown
from traybeat.tray.linux.x11 import opened
from traybeat.tray.linux.xembed import XEmbed, owned
from traybeat.tray.menu import Entry
from traybeat.tray.show import Hands, Show

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("Xvfb", "tint2", "xdotool", "import"))), reason="needs Xvfb, tint2, xdotool, ImageMagick"
)
GREEN, RED = (26, 143, 90), (207, 47, 59)
SETTINGS = """rounded = 0
border_width = 0
background_color = {ground} 100
panel_items = S
panel_size = 100% {size}
panel_background_id = 1
systray_padding = 2 2 2
systray_icon_size = {icon}
"""


MENU = (Entry("All is well"), Entry("Quit", "quit"))


def start(environ: dict[str, str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(helper_command("popup"), env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


class Session:
    """A screen with tint2 on it."""

    def __init__(self, environ: dict[str, str], home: Path) -> None:
        self.environ, self.home = environ, home
        self.panel: subprocess.Popen[bytes] | None = None

    def begin_panel(self, size: int = 26, ground: str = "#202020") -> None:
        settings = self.home / "tint2rc"
        settings.write_text(SETTINGS.format(size=size, icon=size - 4, ground=ground), "utf-8")
        self.panel = subprocess.Popen(
            ["tint2", "-c", str(settings)], env=self.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until(lambda: owned(self.environ["DISPLAY"]), 20, "the tray")

    def end_panel(self) -> None:
        if self.panel is not None:
            self.panel.kill()
            self.panel.wait()

    def window(self, name: str) -> list[int]:
        """Find a window on the screen; gives its place and size."""
        for number in told(self.environ, "xdotool", "search", "--onlyvisible", "--name", f"^{name}$").split():
            lines = told(self.environ, "xdotool", "getwindowgeometry", "--shell", number).splitlines()
            found = dict(line.split("=") for line in lines)
            if found:  # not gone in between
                return [int(found[key]) for key in ("X", "Y", "WIDTH", "HEIGHT")]
        return []

    def icon(self) -> set[tuple[int, int, int]]:
        """Give the colours of the icon."""
        found = self.window("Traybeat")
        if not found:
            return set()
        x, y, width, height = found
        command = ["import", "-window", "root", "-crop", f"{width}x{height}+{x}+{y}", "-depth", "8", "rgb:-"]
        data = subprocess.run(command, env=self.environ, capture_output=True, check=True).stdout
        return {(data[at], data[at + 1], data[at + 2]) for at in range(0, len(data) - 2, 3)}

    def xdotool(self, *words: str) -> None:
        told(self.environ, "xdotool", *words)

    def point(self) -> None:
        """Put the pointer on the icon."""
        x, y, width, height = self.window("Traybeat")
        self.xdotool("mousemove", str(x + width // 2), str(y + height // 2))

    def menu(self) -> list[int]:
        """Open the menu by a click, and wait for it."""
        self.point()
        self.xdotool("click", "3")
        until(lambda: bool(self.window("Traybeat menu")), 20, "the menu")
        return self.window("Traybeat menu")

    def press(self, *keys: str) -> None:
        self.xdotool("key", "--delay", "60", *keys)
        until(lambda: not self.window("Traybeat menu"), what="the menu's end")


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    home = tmp_path_factory.mktemp("session")
    with screen(home, activates=True) as environ:
        made = Session(environ, home)
        made.begin_panel()
        yield made
        made.end_panel()


class Seat:
    """A Traybeat in the session, whose log is read."""

    def __init__(self, session: Session, home: Path) -> None:
        self.agent = Agent(home, free_port(), **session.environ)
        self.process = self.agent.start()

    def log(self) -> str:
        found = [*self.agent.data.rglob("traybeat.log"), *self.agent.home.rglob("traybeat.log")]
        return found[0].read_text("utf-8") if found else ""


@pytest.fixture
def seat(session: Session, tmp_path: Path) -> Iterator[Seat]:
    made = Seat(session, tmp_path)
    try:
        until(lambda: GREEN in session.icon(), 20, "the icon")
        yield made
    finally:
        if made.process.poll() is None:
            made.process.kill()
        made.process.communicate()


def test_it_is_seen_told_and_driven(session: Session, seat: Seat) -> None:
    session.point()
    until(lambda: bool(session.window("Traybeat tooltip")), 20, "the tooltip")
    session.xdotool("mousemove", "600", "300")
    until(lambda: not session.window("Traybeat tooltip"), what="the tooltip's end")

    x, y, width, height = session.menu()
    assert y >= 26 or y + height <= 800 - 26, "it is on the panel"
    assert (x >= 0, x + width <= 1280) == (True, True)
    session.press("Escape")
    session.menu()
    session.xdotool("mousemove", "640", "400", "click", "1")
    until(lambda: not session.window("Traybeat menu"), what="the menu's end")
    assert "chosen in the tray" not in seat.log()

    session.menu()
    session.press("Down", "Down", "Down", "Down", "Return")  # open, for one hour, until tomorrow, pause
    until(lambda: GREEN not in session.icon(), what="a grey icon")
    assert "entry=pause" in seat.log()
    x, y, width, height = session.menu()
    row = _ticked(session, x, y, height)
    session.xdotool("mousemove", str(x + width // 2), str(row), "click", "1")
    until(lambda: GREEN in session.icon(), what="a green icon again")

    rules = "- {id: hot, name: Hot, metric: system_cpu_busy_ratio, threshold: -1, severity: critical}\n"
    (seat.agent.config / "rules.yaml").write_text(rules, "utf-8")
    until(lambda: RED in session.icon(), 20, what="a red icon")

    session.menu()
    session.press("Up", "Return")
    seat.process.wait(10)
    assert seat.process.returncode == 0
    assert 'asked to end part=run by="the tray"' in seat.log()
    until(lambda: not session.window("Traybeat"), what="the icon's end")


def _ticked(session: Session, x: int, y: int, height: int) -> int:
    """Give the height of the row whose box has a tick in it: a bright pixel left of the texts."""
    command = ["import", "-window", "root", "-crop", f"22x{height}+{x}+{y}", "-depth", "8", "rgb:-"]
    data = subprocess.run(command, env=session.environ, capture_output=True, check=True).stdout
    return y + next(at for at in range(0, len(data), 3) if data[at] > 220) // (3 * 22)


def test_a_left_click_asks_for_the_window(session: Session, seat: Seat) -> None:
    session.point()
    session.xdotool("click", "1")
    until(lambda: "entry=open" in seat.log(), what="the click")


def test_the_icon_comes_back_with_the_tray_as_large_as_that_is(session: Session, seat: Seat) -> None:
    session.end_panel()
    until(lambda: not session.window("Traybeat"), what="the tray's end")
    assert seat.agent.answers()
    session.begin_panel(52, "#f0f0f0")
    until(lambda: session.window("Traybeat")[2:] == [48, 48], 20, "a larger icon")
    until(lambda: {GREEN, (240, 240, 240)} <= session.icon(), what="its ground and its colour")
    session.end_panel()
    session.begin_panel()
    until(lambda: GREEN in session.icon(), 20, "the icon again")


@pytest.mark.skipif(not shutil.which("xfce4-panel"), reason="needs xfce4-panel")
def test_a_statusnotifier_host_that_comes_later_takes_over(session: Session, seat: Seat) -> None:
    host = subprocess.Popen(
        ["xfce4-panel", "--disable-wm-check"],
        env=session.environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: "by=StatusNotifier" in seat.log(), 30, "the change")
        until(lambda: not session.window("Traybeat"), what="the end of the embedded icon")
        assert seat.process.poll() is None
    finally:
        host.kill()
        host.wait()
    session.end_panel()
    session.begin_panel()  # the host had a tray of both kinds, and took this one's selection
    until(lambda: bool(session.window("Traybeat")), 20, "the embedded icon again")


class Owner:
    """Holds an icon of its own in the tray, and remembers what was done with it."""

    def __init__(self, environ: dict[str, str]) -> None:
        self.acted: list[str] = []
        self.docked = self.ends = False
        self.face = Face("well", 0, "status")
        hands = Hands(lambda: Show(self.face, ("All is well",)), lambda: MENU, self.acted.append, lambda: None)
        tray = XEmbed(environ["DISPLAY"], lambda: Popup(partial(start, environ)))
        self.thread = threading.Thread(target=tray.run, args=(hands, lambda: not self.ends, self.dock))
        self.thread.start()

    def dock(self, docked: bool) -> None:
        self.docked = docked

    def end(self) -> None:
        self.ends = True
        self.thread.join(10)
        assert not self.thread.is_alive()
        assert not self.docked


def test_the_icon_alone_is_clicked_and_leaves(session: Session) -> None:
    owner = Owner(session.environ)
    try:
        until(lambda: owner.docked and GREEN in session.icon(), 20, "the icon")
        session.point()
        until(lambda: bool(session.window("Traybeat tooltip")), 20, "the tooltip")
        session.xdotool("click", "1")
        until(lambda: owner.acted == ["open"], what="the click")
        owner.face = Face("critical", 2, "status")
        until(lambda: RED in session.icon(), what="a red icon")
        session.menu()
        session.press("Down", "Return")
        until(lambda: owner.acted == ["open", "quit"], what="the choice")
    finally:
        owner.end()
    until(lambda: not session.window("Traybeat"), what="the icon's end")


def test_a_server_that_goes_ends_nothing(tmp_path: Path) -> None:
    with screen(tmp_path) as environ:
        session = Session(environ, tmp_path)
        session.begin_panel()
        owner = Owner(environ)
        until(lambda: owner.docked, 20, "the icon")
        session.end_panel()
    until(lambda: not owner.docked, what="the end of the server")
    owner.end()


@contextmanager
def sheet(environ: dict[str, str], request: dict[str, Any]) -> Iterator[list[str | None]]:
    """Show a menu or a tooltip from within; gives where its answer comes."""
    answers: list[str | None] = []
    source, end = os.pipe()

    def show() -> None:
        with opened(environ["DISPLAY"], extensions=True) as display:
            answers.append(Shown(display, request).run(source))

    thread = threading.Thread(target=show)
    thread.start()
    try:
        yield answers
    finally:
        os.close(end)
        thread.join(10)
        os.close(source)


def test_a_menu_is_driven_by_keys_and_by_the_mouse_and_left_by_a_click_elsewhere(session: Session) -> None:
    request = {"entries": [asdict(entry) for entry in MENU], "anchor": [300, 300, 20, 20]}

    def done(what: Callable[[], None]) -> str | None:
        with sheet(session.environ, request) as answers:
            until(lambda: bool(session.window("Traybeat menu")), 20, "the menu")
            what()
            until(lambda: bool(answers), what="the answer")
            return answers[0]

    session.xdotool("mousemove", "10", "700")
    assert done(lambda: session.press("Up", "Return")) == "quit"
    assert done(lambda: session.press("Return", "Escape")) is None
    assert (
        done(lambda: session.xdotool("mousemove", "340", "339", "click", "1", "mousemove", "340", "365", "click", "1"))
        == "quit"
    )
    assert done(lambda: session.xdotool("mousemove", "900", "600", "click", "1")) is None


def test_a_menu_goes_with_whoever_opened_it(session: Session) -> None:
    with sheet(session.environ, {"lines": ["All is well"], "anchor": [300, 300, 20, 20]}) as answers:
        until(lambda: bool(session.window("Traybeat tooltip")), 20, "the tooltip")
    assert answers == [None]


def test_the_doctor_sees_the_tray(session: Session, seat: Seat) -> None:
    assert "an XEmbed tray shows the icon" in seat.agent.command("doctor").stdout
