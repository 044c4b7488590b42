"""The icon on a real panel: seen, driven over D-Bus, kept through the panel's death and the bus's."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from agent import Agent, free_port, until
from desktop.screen import screen, told
from traybeat.tray.linux.hosted import hosted

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("Xvfb", "xfce4-panel", "gdbus", "import"))), reason="needs Xvfb, xfce4-panel, gdbus"
)
WATCHER = ("--dest", "org.kde.StatusNotifierWatcher", "--object-path", "/StatusNotifierWatcher")
GET = ("--method", "org.freedesktop.DBus.Properties.Get")
GREEN, RED = (26, 143, 90), (207, 47, 59)


class Session:
    def __init__(self, environ: dict[str, str], home: Path) -> None:
        self.environ, self.home = environ, home
        self.panel: subprocess.Popen[bytes] | None = None

    def begin_panel(self) -> None:
        self.panel = subprocess.Popen(
            ["xfce4-panel", "--disable-wm-check"],
            env=self.environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(lambda: "true" in self.watcher("IsStatusNotifierHostRegistered"), 30, "the panel's tray")

    def end_panel(self) -> None:
        if self.panel is not None:
            self.panel.kill()
            self.panel.wait()

    def gdbus(self, *words: str) -> str:
        return told(self.environ, "gdbus", "call", "--session", *words)

    def watcher(self, name: str) -> str:
        return self.gdbus(*WATCHER, *GET, "org.kde.StatusNotifierWatcher", name)

    def item(self) -> str | None:
        names = [
            part for part in self.watcher("RegisteredStatusNotifierItems").split("'") if part.startswith((":", "org."))
        ]
        return names[0].partition("/")[0] if names else None

    def property(self, name: str) -> str:
        return self.gdbus("--dest", self.item() or "none", "--object-path", "/StatusNotifierItem", *GET,
                          "org.kde.StatusNotifierItem", name)  # fmt: skip

    def menu(self, member: str, *words: str) -> str:
        return self.gdbus("--dest", self.item() or "none", "--object-path", "/MenuBar", "--method",
                          f"com.canonical.dbusmenu.{member}", *words)  # fmt: skip

    def click(self, label: str) -> None:
        """Click an entry, found by its text."""
        layout = self.menu("GetLayout", "0", "--", "-1", "[]")
        before = layout.partition(f"<'{label}'>")[0]
        assert before != layout, f"no {label} in {layout}"
        number = before.rpartition("<(")[2].partition(",")[0]
        self.menu("Event", number, "clicked", "<''>", "0")

    def colours(self) -> set[tuple[int, int, int]]:
        """Give the colours on the screen."""
        shot = self.home / "shot.ppm"
        told(self.environ, "import", "-window", "root", "-depth", "8", str(shot))
        data = shot.read_bytes()
        start = data.index(b"255\n") + 4
        row = 1280 * 3 * 30  # the panel is at the top
        pixels = data[start : start + row]
        return {(pixels[at], pixels[at + 1], pixels[at + 2]) for at in range(0, len(pixels) - 2, 3)}


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    home = tmp_path_factory.mktemp("session")
    with screen(home, activates=True) as environ:
        found = Session(environ, home)
        found.begin_panel()
        yield found
        found.end_panel()


@contextmanager
def running(session: Session, home: Path, **environ: str) -> Iterator[tuple[Agent, "subprocess.Popen[str]"]]:
    agent = Agent(home, free_port(), **session.environ, **environ)
    process = agent.start()
    try:
        until(lambda: session.item() is not None, 20, "the icon")
        yield agent, process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_the_icon_is_seen_all_toldand_driven(session: Session, tmp_path: Path) -> None:
    with running(session, tmp_path) as (agent, process):
        until(lambda: GREEN in session.colours(), what="a green icon")
        until(lambda: "All is well" in session.property("ToolTip"), what="the tooltip")
        until(lambda: "Processor" in session.property("ToolTip"), 20, "the processor")
        layout = session.menu("GetLayout", "0", "--", "-1", "[]")
        assert "Open dashboard" in layout
        assert "uses most" in layout

        session.click("Pause collection")
        until(lambda: "Collection is paused" in session.property("ToolTip"), what="the pause")
        until(lambda: GREEN not in session.colours(), what="a grey icon")
        session.menu("AboutToShow", "0")
        session.click("Pause collection")
        until(lambda: GREEN in session.colours(), 20, what="a green icon again")

        rules = "- {id: hot, name: Hot, metric: system_cpu_busy_ratio, threshold: -1, severity: critical}\n"
        (agent.config / "rules.yaml").write_text(rules, "utf-8")
        until(lambda: RED in session.colours(), 20, what="a red icon")
        assert "NeedsAttention" in session.property("Status")
        session.menu("AboutToShow", "0")
        assert "Hot" in session.menu("GetLayout", "0", "--", "-1", "[]")

        session.menu("AboutToShow", "0")
        session.click("Quit")
        process.wait(10)
        assert process.returncode == 0
        until(lambda: session.item() is None, what="the icon's end")


def test_the_doctor_sees_the_panel(session: Session) -> None:
    address = session.environ["DBUS_SESSION_BUS_ADDRESS"]
    assert hosted(address)
    session.end_panel()
    until(lambda: not hosted(address), what="no panel")
    session.begin_panel()


def test_the_icon_comes_back_with_the_panel(session: Session, tmp_path: Path) -> None:
    with running(session, tmp_path) as (agent, _):
        session.end_panel()
        until(lambda: session.item() is None, what="the panel's end")
        assert agent.answers()
        session.begin_panel()
        until(lambda: session.item() is not None, 20, "the icon again")
        until(lambda: GREEN in session.colours(), what="a green icon again")


@contextmanager
def notifications(environ: dict[str, str]) -> Iterator[Callable[[], str]]:
    """Run dunst; gives what tells all that it has shown."""
    dunst = subprocess.Popen(["dunst"], env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: bool(told(environ, "dunstctl", "count")), 20, "dunst")

        def shown() -> str:
            told(environ, "dunstctl", "close-all")
            return told(environ, "dunstctl", "history")

        yield shown
    finally:
        dunst.kill()
        dunst.wait()


@pytest.mark.skipif(not shutil.which("dunstctl"), reason="dunst, which shows notifications, is not installed")
def test_where_nothing_shows_the_icon_it_is_all_toldonce_and_the_program_can_be_reached(tmp_path: Path) -> None:
    home = tmp_path / "other"
    home.mkdir()
    with screen(home) as environ, notifications(environ) as all_told:
        agent = Agent(tmp_path, free_port(), **environ)
        process = agent.start()
        try:
            until(agent.answers, what="the first answer")
            until(lambda: "nothing shows tray icons" in log(agent), 20, "a word about the missing tray")
            until(lambda: "AppIndicator" in all_told(), what="a notification that says it")
            assert "-> on GNOME install the extension AppIndicator" in agent.command("doctor").stdout
            spent = psutil.Process(process.pid).cpu_times()
            assert spent.user + spent.system < 5, "it took ten seconds, most of them to wait"
        finally:
            process.terminate()
            _, said = process.communicate(timeout=10)
    assert process.returncode == 0, said


def log(agent: Agent) -> str:
    (path,) = [*agent.data.rglob("traybeat.log"), *agent.home.rglob("traybeat.log")][:1] or [agent.settings]
    return path.read_text("utf-8")


def test_the_end_of_the_screen_and_its_bus_ends_nothing_else(tmp_path: Path) -> None:
    home = tmp_path / "other"
    home.mkdir()
    process: Any = None
    try:
        with screen(home) as environ:
            agent = Agent(tmp_path, free_port(), **environ)
            process = agent.start()
            until(agent.answers, what="the first answer")
        before = agent.metrics()
        until(lambda: agent.metrics() != before, what="newer readings")
        assert process.poll() is None
        process.terminate()
        process.communicate(timeout=10)
        assert process.returncode == 0
    finally:
        if process is not None and process.poll() is None:
            process.kill()
            process.communicate()
