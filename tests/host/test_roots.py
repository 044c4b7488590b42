import socket
from pathlib import Path

import pytest

from traybeat.host import roots
from traybeat.host.machine import Roots


def mounted(folder: Path) -> dict[str, str]:
    """Lay out a host's files where a container would have them mounted, and name them."""
    for place in ("proc", "sys/class", "root/etc"):
        (folder / place).mkdir(parents=True)
    (folder / "proc/stat").touch()
    return {f"TRAYBEAT_HOST_{name.upper()}": str(folder / name) for name in ("proc", "sys", "root")}


def test_without_a_word_this_machine_is_watched() -> None:
    assert roots.locate({}) == Roots()
    assert roots.locate({"TRAYBEAT_HOST_PROC": ""}) == Roots()
    assert roots.node({}) == socket.gethostname()
    assert list(roots.faults({})) == []


def test_a_hosts_files_are_looked_for_where_they_are_mounted(tmp_path: Path) -> None:
    environ = mounted(tmp_path)
    assert roots.locate(environ) == Roots(tmp_path / "proc", tmp_path / "sys", tmp_path / "root")
    assert list(roots.faults(environ)) == []
    assert roots.locate({"TRAYBEAT_HOST_SYS": "/host/sys"}) == Roots(sys=Path("/host/sys"))


def test_a_host_has_a_name_of_its_own() -> None:
    assert roots.node({"TRAYBEAT_HOST_NAME": "atlas"}) == "atlas"


@pytest.mark.parametrize(("name", "sign"), [("PROC", "stat"), ("SYS", "class"), ("ROOT", "etc")])
def test_a_place_where_nothing_is_mounted_is_told(tmp_path: Path, name: str, sign: str) -> None:
    variable = f"TRAYBEAT_HOST_{name}"
    (fault,) = roots.faults({**mounted(tmp_path), variable: str(tmp_path / "nowhere")})
    assert fault.path == variable
    assert f"nowhere, which has no {sign} in it" in fault.found
    assert "mounted" in fault.expected


def test_a_relative_place_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounted(tmp_path)
    monkeypatch.chdir(tmp_path)
    (fault,) = roots.faults({"TRAYBEAT_HOST_PROC": "proc"})
    assert fault.path == "TRAYBEAT_HOST_PROC"
