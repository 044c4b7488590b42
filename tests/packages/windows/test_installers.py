"""Windows' installers, made by a Windows' Python under wine, and what becomes of a user who installs them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest
from PIL import Image

import traybeat
import wine
from agent import free_port, until
from desktop.screen import screen, told
from servers import needs
from wine import ROOT, Wine

pytestmark = [
    pytest.mark.packages,
    pytest.mark.skipif(wine.missing() is not None, reason=str(wine.missing())),
    *(needs(program) for program in ("makensis", "wixl", "msiinfo", "Xvfb", "openbox", "import", "xdotool")),
    pytest.mark.timeout(1200),
]

UNINSTALL = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\Traybeat"
RUN = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run"
BEFORE, NOW = "0.0.9", traybeat.__version__
GREEN = (24, 140, 90)
LOOK = """
import pefile, sys
program = pefile.PE(sys.argv[1])
for table in program.FileInfo[0]:
    for strings in getattr(table, "StringTable", ()):
        print({name.decode(): text.decode() for name, text in strings.entries.items()})
for kind in program.DIRECTORY_ENTRY_RESOURCE.entries:
    if kind.id == pefile.RESOURCE_TYPE["RT_MANIFEST"]:
        found = kind.directory.entries[0].directory.entries[0].data.struct
        print(program.get_data(found.OffsetToData, found.Size).decode())
    elif kind.id == pefile.RESOURCE_TYPE["RT_GROUP_ICON"]:
        print("has an icon")
print("subsystem", program.OPTIONAL_HEADER.Subsystem)
"""


class Built(NamedTuple):
    """What was made: the frozen program, and the folders with the installers of now and of before."""

    frozen: Path
    now: Path
    before: Path

    def setup(self, version: str = NOW) -> str:
        return wine.path((self.now if version == NOW else self.before) / f"traybeat-{version}-setup.exe")


@pytest.fixture(scope="module")
def windows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wine]:
    place = tmp_path_factory.mktemp("windows")
    with screen(place / "session") as session, wine.windows(place / "user", session["DISPLAY"]) as made:
        yield made


@pytest.fixture(scope="module")
def built(windows: Wine, tmp_path_factory: pytest.TempPathFactory) -> Built:
    work = tmp_path_factory.mktemp("build")
    made = Built(work / "frozen/traybeat", work / "now", work / "before")
    ours = {name: value for name, value in windows.environ.items() if name.startswith(("WINE", "DISPLAY"))}

    def build(*options: str | Path) -> None:
        command = [sys.executable, ROOT / "installers/windows/build", "--work", work, *options]
        done = subprocess.run(command, env=os.environ | ours, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    build("--wine", wine.python() / "python.exe", "--target", made.now)
    build("--only", "pack", "--quick", "--version", BEFORE, "--target", made.before)
    return made


class Installed:
    """One user's Traybeat, and what is seen of it from outside."""

    def __init__(self, windows: Wine) -> None:
        self.windows = windows
        self.place = windows.user / "AppData/Local/Programs/Traybeat"
        self.data = windows.user / "AppData/Local/traybeat"
        self.menu = windows.user / "AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Traybeat.lnk"
        self.program, self.quiet = str(self.place / "traybeat.exe"), str(self.place / "traybeatw.exe")
        self.port, self.dashboard = free_port(), free_port()

    def settle(self) -> None:
        self.data.mkdir(parents=True)
        exporter = f"exporter: {{port: {self.port}, credentials: {{token: {{secret: scrape}}}}}}\n"
        (self.data / "settings.yaml").write_text(f"{exporter}dashboard: {{port: {self.dashboard}}}\n", "utf-8")

    def setup(self, installer: str, *options: str) -> None:
        assert self.windows.outlived(installer, "/S", *options, seconds=240) == 0

    def remove(self, *options: str) -> None:
        # The uninstaller hands on to a copy of itself, which can then remove it, and does not wait for that.
        self.windows.outlived(str(self.place / "uninstall.exe"), "/S", *options)
        until(lambda: not self.place.exists(), 120, "the end of the program's folder")

    @contextmanager
    def running(self, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
        process = self.windows.start(self.quiet, *arguments)
        try:
            yield process
        finally:
            process.kill()
            process.communicate()

    def told(self, *arguments: str, entered: str = "") -> str:
        done = self.windows.run(self.program, *arguments, entered=entered, seconds=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def answer(self, token: str | None) -> int:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            with urlopen(Request(f"http://127.0.0.1:{self.port}/metrics", headers=headers), timeout=10) as answer:
                assert b"agent_build_info" in answer.read()
                return int(answer.status)
        except HTTPError as refused:
            return refused.code
        except (URLError, OSError):
            return 0

    def version(self) -> str | None:
        return self.windows.registry(UNINSTALL, "DisplayVersion")

    def shows_its_icon(self) -> bool:
        shot = subprocess.run(
            ["import", "-window", "root", "png:-"], env=self.windows.environ, capture_output=True, check=True
        )
        corner = Image.open(BytesIO(shot.stdout)).convert("RGB").crop((0, 0, 64, 64)).tobytes()
        pixels = zip(corner[::3], corner[1::3], corner[2::3], strict=True)
        return sum(all(abs(a - b) < 30 for a, b in zip(one, GREEN, strict=True)) for one in pixels) > 60

    def kept(self) -> str:
        return self.windows.run("reg", "query", r"HKCU\Software\Wine\Credential Manager", "/s").stdout


def test_the_programs_say_who_they_are_and_how_they_take_paths_and_screens(windows: Wine, built: Built) -> None:
    for program, subsystem in (("traybeat", 3), ("traybeatw", 2)):
        looked = windows.run(windows.python, "-c", LOOK, wine.path(built.frozen / f"{program}.exe"))
        assert looked.returncode == 0, looked.stderr
        assert f"'FileVersion': '{NOW}'" in looked.stdout
        assert "'CompanyName': 'The Traybeat authors'" in looked.stdout
        assert ">PerMonitorV2, PerMonitor<" in looked.stdout
        assert ">true</longPathAware>" in looked.stdout.replace("ws2:", "").replace("ns0:", "")
        assert "has an icon" in looked.stdout
        assert f"subsystem {subsystem}" in looked.stdout, "2 opens no console, 3 does"


def test_started_without_a_console_it_tells_in_a_dialog_why_it_does_not_run(
    windows: Wine, built: Built, tmp_path: Path
) -> None:
    (tmp_path / "settings.yaml").write_text("exporter: {prot: 9100}\n", "utf-8")
    place = wine.path(tmp_path)
    program = wine.path(built.frozen / "traybeatw.exe")
    windows.outlived("cmd", "/c", "start", "", program, "--config", place, "--data", place)

    def shown() -> bool:
        return bool(told(windows.environ, "xdotool", "search", "--name", "^Traybeat$").strip())

    def dismissed() -> bool:
        told(windows.environ, "xdotool", "key", "Return")
        return not shown()

    until(shown, 60, "the dialog")
    until(dismissed, 30, "the dialog's end")


def test_a_user_installs_it_uses_it_upgrades_it_and_removes_it(windows: Wine, built: Built) -> None:
    one = Installed(windows)
    one.settle()
    one.setup(built.setup(BEFORE))
    assert one.version() == BEFORE
    assert one.menu.exists()
    assert windows.registry(RUN, "Traybeat") is None, "nobody asked for a start at login"
    assert str(one.place.name) in str(windows.registry(r"HKCU\Environment", "Path"))

    assert one.told("secret", "set", "scrape", entered="correct horse\n").strip() == "kept: scrape"
    with one.running() as first:
        until(lambda: one.answer("correct horse") == 200, 120, "metrics for who knows the secret in the keyring")
        assert one.answer(None) == 401
        until(one.shows_its_icon, 30, "the icon")
        assert windows.run(one.quiet, seconds=120).returncode == 0, "a second start hands over"
        assert first.poll() is None
        log = one.data / "Logs/traybeat.log"
        until(lambda: "window opened" in log.read_text("utf-8"), 30, "the window that was asked for")

        stale = one.place / "_internal/stale.pyd"
        stale.touch()
        one.setup(built.setup(), "/AUTOSTART")
        assert first.wait(30) == 0, "it was asked to end, and did so by itself"
    assert one.version() == NOW
    assert not stale.exists()
    assert windows.registry(RUN, "Traybeat") == r'"C:\users\ann\AppData\Local\Programs\Traybeat\traybeatw.exe"'
    until(lambda: one.answer("correct horse") == 200, 120, "the new one, started again as the old one ran")

    one.remove()
    assert one.answer("correct horse") == 0, "the program was ended"
    assert one.version() is None
    assert windows.registry(RUN, "Traybeat") is None
    assert windows.registry(r"HKCU\Environment", "Path") is None
    assert not one.menu.exists()
    assert {"settings.yaml", "telemetry.db", "journal.db"} <= {path.name for path in one.data.iterdir()}
    assert "scrape" in one.kept()

    one.setup(built.setup(BEFORE), "/NOPATH")
    assert windows.registry(r"HKCU\Environment", "Path") is None
    assert one.told("secret", "list").split() == ["scrape"], "what was left is found again"
    one.remove("/REMOVEDATA")
    assert not one.data.exists()
    assert "scrape" not in one.kept()


def test_one_that_runs_and_does_not_end_is_left_as_it_is(windows: Wine, built: Built, tmp_path: Path) -> None:
    one, elsewhere = Installed(windows), wine.path(tmp_path)
    (tmp_path / "settings.yaml").write_text(f"exporter: {{port: {one.port}}}\ndashboard: {{port: {one.dashboard}}}\n")
    one.setup(built.setup(BEFORE))
    with one.running("--config", elsewhere, "--data", elsewhere) as own:
        until(lambda: one.answer(None) == 200, 120, "one with a data directory of its own")
        assert windows.outlived(built.setup(), "/S") == 3
        assert own.poll() is None
        assert one.version() == BEFORE
        assert (one.place / "_internal/python311.dll").exists()
        assert one.told("quit", "--data", elsewhere).strip() == "Traybeat has ended"
    one.remove("/REMOVEDATA")


def test_fleets_get_the_same_files_for_the_whole_machine(windows: Wine, built: Built) -> None:
    package = built.now / f"traybeat-{NOW}.msi"

    def table(name: str) -> str:
        return subprocess.run(["msiinfo", "export", package, name], capture_output=True, text=True, check=True).stdout

    assert "{5D7CBB54-A27E-43C5-8D0A-3F4F8A25A1D7}" in table("Upgrade"), "it ties all versions together"
    assert f"ProductVersion\t{NOW}" in table("Property")
    assert "ALLUSERS\t1" in table("Property")
    listed = subprocess.run(["msiextract", "--list", package], capture_output=True, text=True, check=True).stdout
    inside = {line.partition("Traybeat/")[2] for line in listed.splitlines()}
    assert inside == {str(path.relative_to(built.frozen)) for path in built.frozen.rglob("*") if path.is_file()}

    assert windows.outlived("msiexec", "/i", wine.path(package), "/qn", seconds=240) == 0
    place = windows.drive / "Program Files/Traybeat"
    assert windows.run(str(place / "traybeat.exe"), "--version").stdout.strip() == f"traybeat {NOW}"
    assert windows.registry(RUN.replace("HKCU", "HKLM"), "Traybeat") is None, "only where it is asked for"
    assert windows.outlived("msiexec", "/x", wine.path(package), "/qn", seconds=240) == 0
    assert not (place / "traybeat.exe").exists()
