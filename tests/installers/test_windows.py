"""What Windows is told of the programs and of the package for fleets."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from windows.product import UPGRADE, source
from windows.resources import numbers

BUILD = Path(__file__).parents[2] / "installers/windows/build"
_NAMESPACE = {"w": "http://schemas.microsoft.com/wix/2006/wi"}


@pytest.fixture
def frozen(tmp_path: Path) -> Path:
    place = tmp_path / "frozen/traybeat"
    (place / "_internal").mkdir(parents=True)
    for name in ("traybeat.exe", "traybeatw.exe", "_internal/python311.dll"):
        (place / name).write_bytes(b"x")
    return place


def _described(frozen: Path, version: str = "1.2.3") -> ET.Element:
    return ET.fromstring(source(frozen, frozen.parent / "traybeat.ico", version, "Authors", frozen.parent))  # noqa: S314 (our own)


@pytest.mark.parametrize(
    ("version", "expected"), [("1.2.3", (1, 2, 3, 0)), ("0.2.0rc1", (0, 2, 0, 0)), ("1.2.3.4.5", (1, 2, 3, 4))]
)
def test_versions_are_four_numbers(version: str, expected: tuple[int, int, int, int]) -> None:
    assert numbers(version) == expected


def test_every_file_is_a_component_of_the_program_and_named_from_where_the_package_is_made(frozen: Path) -> None:
    found = _described(frozen)
    files = {one.get("Source") for one in found.iterfind(".//w:File", _NAMESPACE)}
    assert files == {"traybeat/traybeat.exe", "traybeat/traybeatw.exe", "traybeat/_internal/python311.dll"}
    program, login = found.findall("w:Product/w:Feature", _NAMESPACE)
    assert [one.get("Id") for one in login.iterfind("w:ComponentRef", _NAMESPACE)] == ["autostart"]
    components = {one.get("Id") for one in found.iterfind(".//w:Component", _NAMESPACE)}
    assert {one.get("Id") for one in program.iterfind("w:ComponentRef", _NAMESPACE)} == components - {"autostart"}
    assert int(login.get("Level", "0")) > 1, "only where it is asked for"


def test_versions_are_products_of_their_own_with_the_same_components(frozen: Path) -> None:
    before, now = _described(frozen, "1.2.3"), _described(frozen, "1.3.0")

    def guids(one: ET.Element) -> list[str | None]:
        return [part.get("Guid") for part in one.iterfind(".//w:Component", _NAMESPACE)]

    products = [one.find("w:Product", _NAMESPACE) for one in (before, now)]
    assert {one.get("UpgradeCode") for one in products if one is not None} == {f"{{{str(UPGRADE).upper()}}}"}
    assert len({one.get("Id") for one in products if one is not None}) == 2
    assert guids(before) == guids(now)


def test_packing_without_a_program_says_what_to_do_first(tmp_path: Path) -> None:
    command: list[str | Path] = [
        sys.executable,
        BUILD,
        "--only",
        "pack",
        "--work",
        tmp_path,
        "--target",
        tmp_path / "dist",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "freeze it first" in done.stderr
