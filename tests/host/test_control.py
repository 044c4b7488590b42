import sys
from pathlib import Path

import pytest

from traybeat.host import control
from traybeat.host.paths import Paths

if sys.platform == "win32":
    pytest.skip("the local socket is a named pipe here, tested by the end-to-end tests", allow_module_level=True)


def paths(data: Path, runtime: Path) -> Paths:
    return Paths(config=data, data=data, log_directory=data, runtime=runtime)


def test_each_data_directory_has_a_socket_of_its_own(tmp_path: Path) -> None:
    one = control.address(paths(tmp_path / "a", tmp_path))
    other = control.address(paths(tmp_path / "b", tmp_path))
    assert one != other
    assert one == control.address(paths(tmp_path / "a", tmp_path))


def test_a_path_too_long_for_a_socket_moves_to_the_temporary_directory(tmp_path: Path) -> None:
    where = control.address(paths(tmp_path, tmp_path / ("x" * 100)))
    assert len(where) < 104


def test_the_directory_is_made_private(tmp_path: Path) -> None:
    directory = tmp_path / "runtime"
    directory.mkdir(mode=0o755)
    control.prepare(str(directory / "x.sock"))
    assert directory.stat().st_mode & 0o777 == 0o700


def test_a_link_in_the_directorys_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "runtime").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(control.UnsafeDirectoryError, match="XDG_RUNTIME_DIR"):
        control.prepare(str(tmp_path / "runtime" / "x.sock"))


def test_nobody_there_is_said_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(control.NotRunningError, match="start it with: traybeat"):
        control.ask(str(tmp_path / "x.sock"), "status")
