import logging
import os
import stat
import sys
from pathlib import Path

import pytest

from traybeat.host.document import MOST_BYTES, DamagedError
from traybeat.host.files import signature
from traybeat.model.errors import WrongSettingsError
from traybeat.model.settings import CollectorOptions
from traybeat.settings.loader import UnreadableError, load, read
from traybeat.settings.template import default_file
from traybeat.settings.tree import Schema

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
SCHEMA = Schema({"cpu": CollectorOptions})
HALF = b"exporter:\n  port: [91"


def wall() -> float:
    return 1_700_000_000.0


def copies(path: Path) -> list[Path]:
    return sorted(path.parent.glob("*.damaged-*"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.yaml"


def test_the_file_is_loaded_and_the_environment_over_it(path: Path) -> None:
    path.write_text("exporter: {port: 9105, address: 127.0.0.2}\n")
    loaded = load(path, {"TRAYBEAT_EXPORTER__PORT": "9106"}, SCHEMA)
    assert (loaded.settings.exporter.port, loaded.settings.exporter.address) == (9106, "127.0.0.2")
    assert loaded.overridden == ("exporter.port",)
    assert loaded.signature == signature(path)
    assert loaded.notice is None


def test_faults_of_file_and_environment_are_told_together(path: Path) -> None:
    path.write_text("exporter: {prot: 9105, port: 0}\n")
    with pytest.raises(WrongSettingsError) as caught:
        read(path, {"TRAYBEAT_EXPORTER__PORT": "x"}, SCHEMA)
    assert [fault.path for fault in caught.value.faults] == [
        "exporter.prot",
        "exporter.port",
        "TRAYBEAT_EXPORTER__PORT",
    ]


def test_a_first_start_writes_the_default_file(tmp_path: Path) -> None:
    path = tmp_path / "config" / "settings.yaml"
    loaded = load(path, {}, SCHEMA)
    assert path.read_text("utf-8") == default_file(SCHEMA)
    assert loaded.settings == SCHEMA.build({})
    assert loaded.signature == signature(path)
    assert loaded.notice is None
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_what_a_first_start_wrote_is_loaded_by_the_next(path: Path) -> None:
    first = load(path, {}, SCHEMA)
    written = path.read_bytes()
    assert load(path, {}, SCHEMA) == first
    assert path.read_bytes() == written


def test_a_first_start_that_can_not_write_runs_on_the_defaults_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "config").write_bytes(b"")
    path = tmp_path / "config" / "settings.yaml"
    loaded = load(path, {"TRAYBEAT_EXPORTER__PORT": "9105"}, SCHEMA)
    assert loaded.settings == SCHEMA.build({("exporter", "port"): 9105})
    assert loaded.notice is not None
    assert str(path) in loaded.notice


def test_a_wrong_environment_writes_no_file(path: Path) -> None:
    with pytest.raises(WrongSettingsError):
        load(path, {"TRAYBEAT_EXPORTER__PORT": "x"}, SCHEMA)
    assert not path.exists()


def test_reading_writes_nothing(path: Path) -> None:
    assert read(path, {}, SCHEMA).settings == SCHEMA.build({})
    assert not path.exists()
    path.write_bytes(HALF)
    with pytest.raises(DamagedError):
        read(path, {}, SCHEMA)
    assert copies(path) == []


@pytest.mark.parametrize("content", [HALF, b"", b"\0" * 512, b"exporter:\n\tport: 1\n", b"\xff\xfea\0"])
def test_a_damaged_file_is_kept_aside_and_left_as_it_is(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    for _ in range(2):
        with pytest.raises(DamagedError) as caught:
            load(path, {}, SCHEMA, wall)
        assert "delete it to get the defaults back" in str(caught.value)
    assert path.read_bytes() == content
    (copy,) = copies(path)
    assert copy.name == "settings.yaml.damaged-20231114T221320"
    assert copy.read_bytes() == content


def test_only_the_newest_five_copies_are_kept(path: Path) -> None:
    for number in range(8):
        path.write_bytes(HALF + b"%d" % number)
        with pytest.raises(DamagedError):
            load(path, {}, SCHEMA, wall)
    assert [copy.read_bytes()[-1:] for copy in copies(path)] == [b"3", b"4", b"5", b"6", b"7"]


def test_a_copy_is_told_in_the_log(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path.write_bytes(HALF)
    with caplog.at_level(logging.INFO), pytest.raises(DamagedError):
        load(path, {}, SCHEMA, wall)
    (record,) = caplog.records
    assert record.message == "settings damaged"
    assert vars(record)["fields"] == {"path": path, "copy": copies(path)[0]}


@posix
def test_a_copy_that_can_not_be_kept_hides_no_fault(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / ("s" * 245)  # and a copy's name would be too long
    path.write_bytes(HALF)
    with pytest.raises(DamagedError):
        load(path, {}, SCHEMA)
    assert [record.message for record in caplog.records] == ["settings copy failed"]


@pytest.mark.parametrize("content", [b"exporter: {port: 0}\n", b"a: &x 1\n", b"#" * (MOST_BYTES + 10)])
def test_a_file_that_is_wrong_but_whole_is_not_copied(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(WrongSettingsError) as caught:
        load(path, {}, SCHEMA)
    assert not isinstance(caught.value, DamagedError)
    assert copies(path) == []


def test_a_directory_in_the_files_place_is_told(path: Path) -> None:
    path.mkdir()
    with pytest.raises(UnreadableError) as caught:
        load(path, {}, SCHEMA)
    assert str(caught.value) == ("the file: found something that is no file, expected a file that Traybeat may read")


@posix
def test_a_pipe_in_the_files_place_does_not_block(path: Path) -> None:
    if sys.platform != "win32":
        os.mkfifo(path)
    with pytest.raises(UnreadableError):
        load(path, {}, SCHEMA)


@posix
def test_a_file_that_the_system_refuses_is_told_with_the_reason(path: Path) -> None:
    path.symlink_to(path)
    with pytest.raises(UnreadableError) as caught:
        load(path, {}, SCHEMA)
    assert "no way to read it (" in str(caught.value)
    assert path.is_symlink()


@posix
def test_a_file_without_permission_is_never_replaced(path: Path) -> None:
    path.write_bytes(b"exporter: {port: 9105}\n")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("permissions do not bind root")
    with pytest.raises(UnreadableError, match="Permission denied"):
        load(path, {}, SCHEMA)
    path.chmod(0o600)
    assert path.read_bytes() == b"exporter: {port: 9105}\n"
