import json
import select
import subprocess
import sys
from pathlib import Path

import pytest

from traybeat.tray.linux.popup import Anchor, Popup
from traybeat.tray.linux.popup_window import scale
from traybeat.tray.menu import Entry

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux' trays only")
MENU = (Entry("Open", "open"), Entry("Hold", children=(Entry("One hour", "hour"),)))
ANCHOR = Anchor(1, 2, 3, 4)
_PLAY = """
import pathlib, sys
request = sys.stdin.readline()
pathlib.Path(sys.argv[1]).write_text(request)
print(sys.argv[2], end="" if sys.argv[2] == "" else "\\n", flush=True)
sys.stdin.read() if sys.argv[3] == "stay" else None
"""


class Stage:
    """A popup whose process writes down what it is asked, says something, and stays or ends."""

    def __init__(self, path: Path, said: str, then: str) -> None:
        self.path = path
        self.started: list[subprocess.Popen[bytes]] = []
        self._arguments = [sys.executable, "-c", _PLAY, str(path), said, then]
        self.popup = Popup(self.start)

    def start(self) -> "subprocess.Popen[bytes]":
        self.started.append(subprocess.Popen(self._arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE))
        return self.started[-1]

    def wait(self) -> str | None:
        key = None
        while (source := self.popup.fileno()) is not None:
            assert select.select([source], [], [], 20)[0]
            key = self.popup.chosen()
        return key


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "request"


@pytest.mark.parametrize(("said", "key"), [("open", "open"), ("hour", "hour"), ("quit", None), ("", None)])
def test_only_what_was_offered_can_be_chosen(path: Path, said: str, key: str | None) -> None:
    stage = Stage(path, said, "end")
    stage.popup.menu(MENU, ANCHOR)
    assert stage.wait() == key
    assert stage.popup.fileno() is None
    assert stage.started[0].returncode is not None
    asked = json.loads(path.read_text("utf-8"))
    assert asked["anchor"] == [1, 2, 3, 4]
    assert asked["entries"][1]["children"][0]["text"] == "One hour"


def test_a_tooltip_gives_way_and_a_menu_does_not(path: Path) -> None:
    stage = Stage(path, "", "stay")
    stage.popup.tooltip(("All is well",), ANCHOR)
    stage.popup.close_tooltip()
    assert stage.started[0].returncode is not None
    stage.popup.menu(MENU, ANCHOR)
    stage.popup.tooltip(("All is well",), ANCHOR)
    stage.popup.close_tooltip()
    assert stage.started[1].poll() is None
    assert len(stage.started) == 2
    stage.popup.menu(MENU, ANCHOR)
    assert stage.started[1].returncode is not None
    stage.popup.close()
    stage.popup.close()
    assert stage.started[2].returncode is not None


def test_where_nothing_can_be_started_nothing_is_shown() -> None:
    def fail() -> "subprocess.Popen[bytes]":
        raise FileNotFoundError

    popup = Popup(fail)
    popup.menu(MENU, ANCHOR)
    assert popup.fileno() is None
    assert popup.chosen() is None


@pytest.mark.parametrize(
    ("resources", "found"),
    [("Xft.dpi:\t192\n", 2.0), ("Xft.antialias: 1\nXft.dpi: 96", 1.0), ("Xft.dpi: much", 1.0), ("Xft.dpi: 9999", 4.0)],
)
def test_the_scale_is_the_screens(resources: str, found: float) -> None:
    assert scale(resources) == found
