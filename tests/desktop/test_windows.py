"""The program on Windows, by its own Python under wine: icon, menu, notifications, power, log-off, secrets."""

import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from PIL import Image

import wine
from agent import Agent, free_port, until, values
from servers import needs
from wine import Wine, windows

pytestmark = [
    pytest.mark.timeout(300),  # the first one makes a Windows
    pytest.mark.skipif(wine.missing() is not None, reason=str(wine.missing())),
    *(needs(program) for program in ("Xvfb", "xdotool", "import")),
]

# wine draws a new icon over the last one: what is no longer seen was covered by the next.
GREEN, RED = (26, 143, 90), (207, 47, 59)
WHITE, BLACK = (255, 255, 255), (0, 0, 0)
ICON = (12, 32)
"""Where wine's own window for icons has the first one."""
ABOVE = (60, 2)
"""What only an open menu covers."""
TRAY = (0, 0, 170, 44)
RULE = '- {id: hot, name: "Hot & bothered", metric: system_cpu_busy_ratio, threshold: -1, severity: critical}\n'
START_SECONDS = 60.0
ENTRIES = ("Open", "Hold", "Pause", "Login", "Settings", "About", "Quit")
RUN = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run"
# Runs in Windows, as another program would: sends a message to each of the program's windows and prints the answers.
SEND = """
import ctypes, sys
from ctypes import wintypes
user32 = ctypes.WinDLL("user32")
user32.SendMessageTimeoutW.argtypes = (wintypes.HWND, wintypes.UINT, wintypes.WPARAM, wintypes.LPARAM,
                                       wintypes.UINT, wintypes.UINT, ctypes.POINTER(ctypes.c_size_t))
message, word = int(sys.argv[1], 0), int(sys.argv[2], 0)
def each(window, _):
    name, answer = ctypes.create_unicode_buffer(200), ctypes.c_size_t(99)
    user32.GetClassNameW(wintypes.HWND(window), name, 200)
    if "traybeat" in name.value.lower():
        user32.SendMessageTimeoutW(window, message, word, 0, 2, 3000, ctypes.byref(answer))
        print(name.value, answer.value)
    return 1
user32.EnumWindows(ctypes.WINFUNCTYPE(wintypes.BOOL, wintypes.HWND, wintypes.LPARAM)(each), 0)
"""
# The program, asked to end by a signal once it answers, as by Ctrl-C in its terminal.
INTERRUPTED = """
import os, signal, sys, threading, urllib.request
from traybeat.__main__ import main
def interrupt():
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{os.environ['TRAYBEAT_EXPORTER__PORT']}/healthz").close()
            break
        except OSError:
            threading.Event().wait(0.2)
    signal.raise_signal(signal.SIGINT)
    threading.Event().wait(30)
    os._exit(5)
threading.Thread(target=interrupt, daemon=True).start()
sys.exit(main([]))
"""


class Desktop:
    """A Windows with a screen, on which the program is started and looked at."""

    def __init__(self, one: Wine) -> None:
        self.wine = one

    def agent(self, home: Path, **environ: str) -> Agent:
        """Name a place for an instance; it is found by its address, which is the same inside and outside."""
        home.mkdir(exist_ok=True)
        agent = Agent(home, free_port())
        agent.environ = {
            "PYTHONPATH": wine.path(wine.ROOT / "app"),
            "PYTHONIOENCODING": "utf-8",
            "TRAYBEAT_CONFIG_DIR": wine.path(agent.config),
            "TRAYBEAT_DATA_DIR": wine.path(agent.data),
            "TRAYBEAT_EXPORTER__PORT": str(agent.port),
            "TRAYBEAT_DASHBOARD__PORT": str(agent.dashboard),
            "TRAYBEAT_LIMITS__MEMORY_MB": "200",  # wine's copies of libraries count here
            "TRAYBEAT_ALERTS__GROUP_SECONDS": "1",
            **environ,
        }
        return agent

    def start(self, agent: Agent, *arguments: str) -> "subprocess.Popen[str]":
        return self.wine.start(self.wine.python, "-m", "traybeat", *arguments, environ=agent.environ)

    def run(self, agent: Agent, *arguments: str, entered: str = "") -> "subprocess.CompletedProcess[str]":
        return self.wine.run(self.wine.python, "-m", "traybeat", *arguments, environ=agent.environ, entered=entered)

    def doctor(self, agent: Agent, finding: str) -> str:
        """Ask the doctor until it finds something: on a busy machine what it starts may be given up too soon."""
        told: list[str] = []

        def asked() -> bool:
            told.append(self.run(agent, "doctor").stdout)
            return finding in told[-1]

        until(asked, 90, finding)
        return told[-1]

    def send(self, message: int, word: int) -> Mapping[str, int]:
        """Send a message to each of the program's windows; gives the answers by the windows' classes."""
        told = self.wine.run(self.wine.python, "-c", SEND, str(message), str(word)).stdout.splitlines()
        return {name: int(answer) for name, answer in (line.rsplit(" ", 1) for line in told)}

    def screen(self) -> Image.Image:
        shot = self.wine.home / "shot.png"
        self.do("import", "-window", "root", str(shot))
        with Image.open(shot) as picture:
            return picture.convert("RGB")

    def colours(self, box: tuple[int, int, int, int] = TRAY) -> Counter[object]:
        """Count the colours in a part of the screen."""
        return Counter({colour: count for count, colour in self.screen().crop(box).getcolors(1_000_000) or ()})

    def do(self, *command: str) -> None:
        subprocess.run(command, env=self.wine.environ, check=True, capture_output=True, timeout=20)

    def point(self, x: int, y: int, *click: str) -> None:
        self.do("xdotool", "mousemove", str(x), str(y), *(["click", *click] if click else []))

    def choose(self, entry: str) -> None:
        """Open the menu and choose one of its last entries by the keyboard, from below."""
        self.point(*ICON, "3")
        until(lambda: self.screen().getpixel(ABOVE) == WHITE, what="the menu")
        self.do("xdotool", "key", "End", *["Up"] * (len(ENTRIES) - 1 - ENTRIES.index(entry)), "Return")
        until(lambda: self.screen().getpixel(ABOVE) == BLACK, what="the menu's end")


@pytest.fixture(scope="module")
def desktop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    home = tmp_path_factory.mktemp("windows")
    with subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-noreset", "-screen", "0", "800x600x24"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        assert server.stdout
        try:
            with windows(home, f":{server.stdout.readline().strip()}") as one:
                yield Desktop(one)
        finally:
            server.kill()


@pytest.fixture(scope="module")
def agent(desktop: Desktop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    """The program with its icon, as most tests here look at it."""
    agent = desktop.agent(tmp_path_factory.mktemp("resident"))
    with desktop.start(agent) as process:
        until(lambda: agent.answers() or process.poll() is not None, START_SECONDS, "the first answer")
        until(lambda: GREEN in desktop.colours(), 20, "the icon")
        yield agent
        process.kill()


def log(agent: Agent) -> str:
    return (agent.data / "traybeat.log").read_text("utf-8", "replace")


def test_the_icon_is_shown_and_its_menu_does_what_it_says(desktop: Desktop, agent: Agent) -> None:
    green = desktop.colours()[GREEN]
    desktop.choose("Pause")
    until(lambda: desktop.colours()[GREEN] < green * 0.8, 20, "a grey ring")
    desktop.choose("Pause")
    until(lambda: desktop.colours()[GREEN] >= green, 20, "a green icon again")
    assert log(agent).count("entry=pause") == 2


def test_start_at_login_is_switched_in_the_menu_and_told_by_the_command_line(desktop: Desktop, agent: Agent) -> None:
    assert "does not start at login" in desktop.run(agent, "autostart", "status").stdout
    desktop.choose("Login")
    until(lambda: desktop.wine.registry(RUN, "Traybeat") is not None, what="the entry in the registry")
    written = str(desktop.wine.registry(RUN, "Traybeat"))
    assert written.startswith(f'"{wine.path(Path(desktop.wine.python).with_name("pythonw.exe"))}" -P -m traybeat')
    assert desktop.run(agent, "autostart", "status").stdout.startswith("Traybeat starts at login")
    assert "does not start at login" in desktop.run(agent, "autostart", "off").stdout
    assert desktop.wine.registry(RUN, "Traybeat") is None


def test_an_alert_turns_the_icon_red_and_shows_a_notification(desktop: Desktop, agent: Agent) -> None:
    desktop.point(700, 500)
    below = (0, 46, 400, 200)
    (agent.config / "rules.yaml").write_text(RULE, "utf-8")
    until(lambda: RED in desktop.colours(), 20, "a red icon")
    until(lambda: WHITE in desktop.colours(below), 20, "a notification below the icon")
    sent = 'agent_messages_total{channel="desktop",outcome="sent"}'
    until(lambda: values(agent.metrics())[sent] == 1, 20, "the message in the metrics")
    (agent.config / "rules.yaml").write_text("[]\n", "utf-8")
    until(lambda: RED not in desktop.colours(), 20, "a green icon again")


def test_sleep_and_waking_are_heard_of(desktop: Desktop, agent: Agent) -> None:
    assert desktop.send(0x218, 0x04)["TraybeatEvents"] == 1
    assert desktop.send(0x218, 0x12)["TraybeatEvents"] == 1
    counts = ('agent_power_events_total{event="suspend"}', 'agent_power_events_total{event="resume"}')
    until(lambda: [values(agent.metrics()).get(count) for count in counts] == [1, 1], what="both in the metrics")
    assert log(agent).index("the system is about to sleep") < log(agent).index("the system woke")


def test_what_psutil_cant_tell_is_left_out_and_the_rest_is_collected(desktop: Desktop, agent: Agent) -> None:
    found = values(agent.metrics())
    status = {name: value for name, value in found.items() if name.startswith("agent_collector_status")}
    assert len(status) == 7
    assert set(status.values()) == {1}
    assert {value for name, value in found.items() if name.startswith("agent_collector_errors_total")} == {0}
    assert 0 < found["system_memory_used_ratio"] < 1
    assert 0 <= found["system_cpu_busy_ratio"] <= 1
    assert found["system_memory_total_bytes"] == found["node_memory_total_bytes"]
    assert 'system_filesystem_used_ratio{device="C:\\\\",fstype="NTFS",mountpoint="C:\\\\"}' in found
    assert not any("swap" in name or "load1" in name or "disk_read" in name for name in found)
    assert "Traceback" not in log(agent)


def test_processes_have_names_users_and_memory(desktop: Desktop, agent: Agent) -> None:
    found = values(agent.metrics())
    mine = [name for name in found if name.startswith('system_process_memory_bytes{name="python.exe",user=')]
    assert len(mine) == 1
    assert '\\\\ann"' in mine[0]
    assert found[mine[0]] == pytest.approx(found["agent_memory_rss_bytes"], rel=0.3)
    assert found["system_process_count"] > 3


def test_secrets_are_kept_by_windows(desktop: Desktop, agent: Agent) -> None:
    assert desktop.run(agent, "secret", "set", "smtp-password", entered="hush hush\n").stdout == "kept: smtp-password\n"
    assert desktop.run(agent, "secret", "list").stdout == "smtp-password\n"
    told = desktop.doctor(agent, "WinVaultKeyring")
    assert "a secret was put, had again and deleted" in told
    assert "ok    running instance" in told
    assert "the browser is used instead\n" in told
    assert "-> install the WebView2 runtime: https://" in told
    assert desktop.run(agent, "secret", "delete", "smtp-password").stdout == "deleted: smtp-password\n"
    assert "has no secret 'smtp-password'" in desktop.run(agent, "secret", "delete", "smtp-password").stderr
    assert [one for one in agent.home.rglob("*") if one.is_file() and b"hush" in one.read_bytes()] == []


def test_a_second_start_opens_the_dashboard_of_the_first_in_the_browser(desktop: Desktop, agent: Agent) -> None:
    opened = desktop.wine.home / "opened"
    browser = desktop.wine.home / "browser"
    browser.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >>{opened}\n', "utf-8")
    browser.chmod(0o755)
    desktop.wine.run("reg", "add", r"HKCU\Software\Wine\WineBrowser", "/v", "Browsers", "/d", str(browser))
    desktop.wine.run("reg", "add", r"HKCR\.html", "/ve", "/d", "htmlfile")  # as a browser does that is installed
    assert desktop.run(agent, "--headless").returncode == 3
    second = desktop.run(agent)
    assert (second.returncode, second.stderr) == (0, "")
    until(lambda: "install the WebView2 runtime" in log(agent), 30, "word of the web view")
    until(opened.exists, 20, "the browser")
    (page,) = opened.read_text("utf-8").split()
    assert page.startswith("file:///")
    assert page.endswith(".html")


def test_ten_starts_at_once_give_one_instance_and_its_death_holds_nobody_up(desktop: Desktop, tmp_path: Path) -> None:
    agent = desktop.agent(tmp_path)
    started = [desktop.start(agent, "--headless") for _ in range(10)]
    until(lambda: sum(one.poll() is None for one in started) == 1 and agent.answers(), START_SECONDS, "one of ten")
    assert sorted(one.returncode for one in started if one.returncode is not None) == [3] * 9
    for one in started:
        with one:  # what it wrote stays unread: what else it started may hold the pipes
            one.kill()
    with desktop.start(agent, "--headless") as process:
        until(lambda: agent.answers() or process.poll() is not None, START_SECONDS, "the next one")
        assert process.poll() is None
        assert "headless there is none" in log(agent)  # no notifications, that is
        process.kill()


def test_ctrl_c_ends_it_though_the_icon_waits_for_messages(desktop: Desktop, tmp_path: Path) -> None:
    desktop.point(700, 500)  # what the pointer does to the icon would be a message
    agent = desktop.agent(tmp_path)
    with desktop.wine.start(desktop.wine.python, "-c", INTERRUPTED, environ=agent.environ) as process:
        assert process.wait(START_SECONDS + 30) == 0


def test_nobody_is_kept_from_logging_off_and_the_program_ends_with_the_session(
    desktop: Desktop, tmp_path: Path
) -> None:
    agent = desktop.agent(tmp_path)
    with desktop.start(agent) as process:
        until(lambda: agent.answers() or process.poll() is not None, START_SECONDS, "the first answer")
        until(lambda: GREEN in desktop.colours(), 20, "the icon")
        assert list(desktop.send(0x11, 0).values()) == [1, 1, 1]  # the icon's two windows, and the one that hears
        subprocess.run(["wine", "wineboot", "--end-session"], env=desktop.wine.environ, check=False, timeout=60,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        assert process.wait(10) == 0
    assert "the user logs off" in log(agent)
    assert "Traceback" not in log(agent)
