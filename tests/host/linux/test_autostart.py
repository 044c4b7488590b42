import shutil
import subprocess
from pathlib import Path

import pytest

from traybeat.host.autostart import AutostartError
from traybeat.host.linux.autostart import XdgAutostart, folder, written

NASTY = ('/opt/a b/tray"beat$HOME`id`', "--data", "/x/100%\\d", "it's")


def test_it_is_off_until_it_is_switched_on(tmp_path: Path) -> None:
    autostart = XdgAutostart(tmp_path / "autostart", ("/opt/traybeat",))
    assert not autostart.entry().on
    assert autostart.switch(on=True) == (True, str(tmp_path / "autostart" / "traybeat.desktop"), None)
    assert not autostart.switch(on=False).on
    assert not autostart.switch(on=False).on


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="desktop-file-validate is not installed")
@pytest.mark.parametrize("command", [("/opt/traybeat",), NASTY])
def test_the_file_is_valid(tmp_path: Path, command: tuple[str, ...]) -> None:
    place = XdgAutostart(tmp_path, command).switch(on=True).place
    done = subprocess.run(["desktop-file-validate", place], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_nothing_in_a_path_is_understood_as_anything_else() -> None:
    quoted = r'"/opt/a b/tray\\"beat\\$HOME\\`id\\`" "--data" "/x/100%%\\\\d" "it' + "'" + 's"'
    assert written(NASTY) == quoted
    assert XdgAutostart(Path("/x"), ("a",)) is not None


@pytest.mark.parametrize("line", ["Hidden=true", "X-GNOME-Autostart-enabled = false"])
def test_what_the_desktop_switched_off_is_off(tmp_path: Path, line: str) -> None:
    autostart = XdgAutostart(tmp_path, ("/opt/traybeat",))
    path = Path(autostart.switch(on=True).place)
    path.write_text(path.read_text("utf-8").replace("X-GNOME-Autostart-enabled=true", line), "utf-8")
    assert not autostart.entry().on
    assert autostart.switch(on=True).on


def test_a_copy_that_moved_is_told(tmp_path: Path) -> None:
    XdgAutostart(tmp_path, ("/old/traybeat",)).switch(on=True)
    entry = XdgAutostart(tmp_path, ("/new/traybeat",)).entry()
    assert entry.on
    assert entry.problem


def test_what_can_not_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(AutostartError, match="can't be changed"):
        XdgAutostart(tmp_path / "file" / "x", ("a",)).switch(on=True)
    (tmp_path / "traybeat.desktop").mkdir()
    with pytest.raises(AutostartError, match="can't be read"):
        XdgAutostart(tmp_path, ("a",)).entry()
    with pytest.raises(AutostartError, match="line break"):
        XdgAutostart(tmp_path, ("a\nb",)).switch(on=True)


def test_the_folder_follows_the_configuration_directory() -> None:
    assert folder({"XDG_CONFIG_HOME": "/c"}, Path("/home/jo")) == Path("/c/autostart")
    assert folder({"XDG_CONFIG_HOME": "relative"}, Path("/home/jo")) == Path("/home/jo/.config/autostart")
