from pathlib import Path

from traybeat.host.autostart import command, compared


def test_from_source_it_is_this_python_by_its_absolute_path() -> None:
    assert command((), "/venv/bin/python", frozen=False, windows=False) == ("/venv/bin/python", "-P", "-m", "traybeat")


def test_frozen_it_is_the_program_itself_with_its_directories() -> None:
    assert command(("--data", "/d"), "/opt/traybeat", frozen=True, windows=False) == ("/opt/traybeat", "--data", "/d")


def test_on_windows_from_source_no_console_opens(tmp_path: Path) -> None:
    (tmp_path / "pythonw.exe").touch()
    assert command((), str(tmp_path / "python.exe"), frozen=False, windows=True)[0] == str(tmp_path / "pythonw.exe")


def test_frozen_for_windows_no_console_opens_either(tmp_path: Path) -> None:
    (tmp_path / "traybeatw.exe").touch()
    assert command((), str(tmp_path / "traybeat.exe"), frozen=True, windows=True) == (str(tmp_path / "traybeatw.exe"),)


def test_an_entry_that_starts_another_copy_is_told() -> None:
    assert compared("a", "a", "p").problem is None
    assert "another copy" in str(compared("a", "b", "p").problem)
