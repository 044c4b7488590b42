import os
import stat
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from traybeat.window import browser
from traybeat.window.browser import KEEP_SECONDS, Browser, NoBrowserError, hand_over

URL = "http://127.0.0.1:9180/alerts#code=a&b"


class Shown:
    def __init__(self, works: bool = True) -> None:
        self.content = ""
        self.mode = 0
        self.paths: list[Path] = []
        self._works = works

    def __call__(self, path: Path, environ: Mapping[str, str]) -> bool:
        self.paths.append(path)
        self.content, self.mode = path.read_text("utf-8"), stat.S_IMODE(path.stat().st_mode)
        return self._works


def test_the_address_stands_in_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    shown = Shown()
    Browser(tmp_path / "run", shown).open(URL, {})
    assert 'content="0;url=http://127.0.0.1:9180/alerts#code=a&amp;b"' in shown.content
    assert "code" not in shown.paths[0].name
    if sys.platform != "win32":
        assert shown.mode == 0o600


def test_the_file_is_gone_soon(tmp_path: Path) -> None:
    shown = Shown()
    now = [0.0]
    opened = Browser(tmp_path, shown, lambda: now[0])
    assert opened.tidy() is None
    opened.open(URL, {})
    now[0] = shown.paths[0].stat().st_mtime + 1
    assert 0 < (opened.tidy() or 0) <= KEEP_SECONDS
    assert shown.paths[0].exists()
    now[0] += KEEP_SECONDS
    assert opened.tidy() is None
    assert not shown.paths[0].exists()


def test_where_no_browser_opens_the_file_is_gone_at_once(tmp_path: Path) -> None:
    shown = Shown(works=False)
    with pytest.raises(NoBrowserError, match="no browser"):
        Browser(tmp_path, shown).open(URL, {})
    assert list(tmp_path.iterdir()) == []


def test_a_directory_that_can_not_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NoBrowserError, match="can't be written"):
        Browser(tmp_path / "file", Shown()).open(URL, {})


@pytest.mark.skipif(sys.platform != "linux", reason="the programs that open files on Linux")
def test_on_linux_one_opener_after_the_other_is_tried_and_none_without_a_display() -> None:
    tried: list[Sequence[str]] = []

    def run(command: Sequence[str], environ: Mapping[str, str]) -> bool:
        tried.append(command)
        return command[0] == "gio"

    assert hand_over(Path("/x.html"), {"DISPLAY": ":0"}, run)
    assert tried == [("xdg-open", "/x.html"), ("gio", "open", "/x.html")]
    assert not hand_over(Path("/x.html"), {}, run)


@pytest.mark.skipif(sys.platform == "win32", reason="the shell does it there")
def test_a_program_that_fails_or_is_not_there_opens_nothing() -> None:
    assert browser.run(("true",), os.environ)
    assert not browser.run(("false",), os.environ)
    assert not browser.run(("/absent/program",), os.environ)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such link there")
def test_a_directory_that_may_be_somebody_elses_gets_no_code(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "run").symlink_to(tmp_path / "elsewhere")
    shown = Shown()
    with pytest.raises(NoBrowserError, match="belongs to someone else"):
        Browser(tmp_path / "run", shown).open(URL, {})
    assert shown.paths == []
