import os
from pathlib import Path

import pytest

from traybeat.host.linux import sysfs


def test_a_text_comes_without_the_spaces_around_it(tmp_path: Path) -> None:
    (tmp_path / "name").write_bytes(b" nvme 0 \n")
    assert sysfs.text(str(tmp_path / "name")) == "nvme 0"


def test_bytes_that_are_no_text_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "name").write_bytes(b"\xff\xfe\n")
    assert sysfs.text(str(tmp_path / "name")) == "��"


@pytest.mark.parametrize("content", [b"", b"12.5\n", b"N/A\n", b"1 2\n"])
def test_what_is_no_whole_number_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "temp").write_bytes(content)
    assert sysfs.number(str(tmp_path / "temp")) is None


def test_a_whole_number_may_be_negative(tmp_path: Path) -> None:
    (tmp_path / "temp").write_bytes(b"-1500\n")
    assert sysfs.number(str(tmp_path / "temp")) == -1500


def test_what_is_not_there_is_none(tmp_path: Path) -> None:
    assert sysfs.text(str(tmp_path / "gone")) is None
    assert sysfs.number(str(tmp_path / "gone")) is None
    assert sysfs.names(str(tmp_path / "gone")) == []


def test_what_opens_but_refuses_to_be_read_is_none_and_is_closed(tmp_path: Path) -> None:
    before = os.open(tmp_path, os.O_RDONLY)
    os.close(before)
    assert sysfs.text(str(tmp_path)) is None
    after = os.open(tmp_path, os.O_RDONLY)
    os.close(after)
    assert after == before


def test_names_come_in_order(tmp_path: Path) -> None:
    for name in ("b", "a", "c"):
        (tmp_path / name).touch()
    assert sysfs.names(str(tmp_path)) == ["a", "b", "c"]
