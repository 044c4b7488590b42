import os
import stat
import sys
from pathlib import Path

import pytest

from traybeat.host.files import UNREADABLE, copy_aside, signature, write_private

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no permission bits")
WALL = 1_700_000_000.0


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_content_is_written_to_a_directory_made_for_it(tmp_path: Path) -> None:
    path = tmp_path / "config" / "settings.yaml"
    write_private(path, b"a: 1\r\n")
    assert path.read_bytes() == b"a: 1\r\n"
    assert names(path.parent) == ["settings.yaml"]


@posix
def test_nobody_else_may_read_what_is_written(tmp_path: Path) -> None:
    path = tmp_path / "config" / "settings.yaml"
    write_private(path, b"")
    assert mode(path) == 0o600
    assert mode(path.parent) == 0o700


@posix
def test_a_file_that_all_could_read_is_private_once_replaced(tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    path.write_bytes(b"old")
    path.chmod(0o644)
    write_private(path, b"new")
    assert (path.read_bytes(), mode(path)) == (b"new", 0o600)


@posix
def test_a_symbolic_link_stays_and_its_target_is_replaced(tmp_path: Path) -> None:
    target, link = tmp_path / "dotfiles.yaml", tmp_path / "settings.yaml"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write_private(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_failed_write_leaves_the_old_content_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    path.write_bytes(b"old")

    def refuse(source: Path, target: Path) -> None:
        raise OSError(28, f"no space for {source} at {target}")

    with pytest.raises(OSError, match="no space"):
        write_private(path, b"new", replace=refuse)
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["settings.yaml"]


class Scanner:
    """Holds the target for some attempts, as a virus scanner does on Windows."""

    def __init__(self, attempts: int) -> None:
        self.attempts = attempts
        self.pauses: list[float] = []

    def replace(self, source: Path, target: Path) -> None:
        self.attempts -= 1
        if self.attempts >= 0:
            raise PermissionError(13, "in use")
        source.replace(target)


def test_a_file_in_use_is_replaced_once_it_is_let_go(tmp_path: Path) -> None:
    path, scanner = tmp_path / "settings.yaml", Scanner(attempts=3)
    write_private(path, b"new", replace=scanner.replace, sleep=scanner.pauses.append)
    assert path.read_bytes() == b"new"
    assert len(scanner.pauses) == 3


def test_a_file_in_use_for_long_is_a_failure(tmp_path: Path) -> None:
    scanner = Scanner(attempts=100)
    with pytest.raises(PermissionError):
        write_private(tmp_path / "settings.yaml", b"new", replace=scanner.replace, sleep=scanner.pauses.append)
    assert sum(scanner.pauses) < 1
    assert names(tmp_path) == []


def test_a_file_in_the_way_of_the_directory_is_an_os_error(tmp_path: Path) -> None:
    (tmp_path / "config").write_bytes(b"")
    with pytest.raises(OSError, match="config"):
        write_private(tmp_path / "config" / "settings.yaml", b"")


def test_a_signature_holds_while_nothing_changes_and_differs_when_something_does(tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    path.write_bytes(b"one")
    first = signature(path)
    assert first == signature(str(path))
    path.write_bytes(b"longer")
    second = signature(path)
    assert second != first
    os.utime(path, ns=(1, 1))
    assert signature(path) != second


@posix
def test_a_file_of_the_same_size_and_time_that_took_the_place_differs(tmp_path: Path) -> None:
    path, other = tmp_path / "settings.yaml", tmp_path / "other"
    for one in (path, other):
        one.write_bytes(b"same size")
        os.utime(one, ns=(1, 1))
    first = signature(path)
    other.replace(path)
    assert signature(path) != first


def test_a_missing_file_has_no_signature(tmp_path: Path) -> None:
    assert signature(tmp_path / "settings.yaml") is None


@posix
def test_a_file_below_a_file_is_missing(tmp_path: Path) -> None:
    (tmp_path / "config").write_bytes(b"")
    assert signature(tmp_path / "config" / "settings.yaml") is None


@posix
def test_a_refused_look_is_not_taken_for_a_missing_file(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert signature(loop) == UNREADABLE


def test_a_copy_is_named_by_its_time_and_holds_the_content(tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    copy = copy_aside(path, b"half", WALL, 5)
    assert copy == tmp_path / "settings.yaml.damaged-20231114T221320"
    assert copy.read_bytes() == b"half"


@posix
def test_a_copy_is_private(tmp_path: Path) -> None:
    copy = copy_aside(tmp_path / "settings.yaml", b"half", WALL, 5)
    assert copy is not None
    assert mode(copy) == 0o600


def test_the_same_content_is_kept_once(tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    copy_aside(path, b"half", WALL, 5)
    assert copy_aside(path, b"half", WALL + 60, 5) is None
    assert len(names(tmp_path)) == 1


def test_different_contents_of_the_same_second_are_all_kept(tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    copies = [copy_aside(path, content, WALL, 5) for content in (b"1", b"2", b"3")]
    assert [copy.read_bytes() for copy in copies if copy] == [b"1", b"2", b"3"]


def test_the_newest_copies_are_kept_and_files_that_only_look_alike_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    stranger = tmp_path / "settings.yaml.damaged-by-me"
    stranger.write_bytes(b"mine")
    for number in range(12):
        copy_aside(path, b"%d" % number, WALL, 3)
    copy_aside(path, b"later", WALL + 1, 3)
    left = {one.read_bytes() for one in tmp_path.iterdir()}
    assert left == {b"mine", b"10", b"11", b"later"}


@posix
def test_a_copy_that_can_not_be_read_is_not_taken_for_the_same(tmp_path: Path) -> None:
    (tmp_path / "settings.yaml.damaged-20200101T000000").symlink_to(tmp_path / "nowhere")
    assert copy_aside(tmp_path / "settings.yaml", b"", WALL, 5) is not None


def test_a_copy_is_kept_though_the_clock_went_back(tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    for number in range(3):
        copy_aside(path, b"%d" % number, WALL + number, 3)
    copy = copy_aside(path, b"now", WALL - 1000, 3)
    assert copy is not None
    assert copy.exists()
    assert len(names(tmp_path)) == 3
