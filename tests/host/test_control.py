from pathlib import Path

import pytest

from traybeat.host import control
from traybeat.host.paths import Paths


def address(data: Path) -> str:
    return control.address(Paths(config=data, data=data, log_directory=data, runtime=data.parent))


def test_each_data_directory_has_an_address_of_its_own(tmp_path: Path) -> None:
    assert address(tmp_path / "a") != address(tmp_path / "b")
    assert address(tmp_path / "a") == address(tmp_path / "a")


def test_nobody_there_is_said_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(control.NotRunningError, match="start it with: traybeat"):
        control.ask(address(tmp_path), "status")
