import asyncio
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from traybeat.host.paths import Paths
from traybeat.host.posix import local
from traybeat.model.errors import UnsafeDirectoryError

assert sys.platform != "win32"

NOBODY = 65534


@pytest.fixture
def directory() -> Iterator[Path]:
    """A directory with a short name: a socket's path has little room, and pytest's own are long on macOS."""
    path = Path(tempfile.mkdtemp(dir="/tmp"))
    yield path
    shutil.rmtree(path)


def paths(runtime: Path) -> Paths:
    return Paths(config=runtime, data=runtime, log_directory=runtime, runtime=runtime)


def answered(where: Path, *lines: bytes) -> list[bytes]:
    """Listen, send the lines, each over a connection of its own, and give what comes back."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readline())
        writer.close()

    async def serve() -> list[bytes]:
        close = await local.listen(str(where), echo)
        assert where.stat().st_mode & 0o077 == 0
        found = [await asyncio.to_thread(local.exchange, str(where), line, 5.0, 1000) for line in lines]
        close()
        return found

    return asyncio.run(serve())


def test_lines_go_there_and_back_and_the_socket_goes_with_the_listener(directory: Path) -> None:
    where = directory / "run" / "x.sock"
    assert answered(where, b"one\n", b"two\n") == [b"one\n", b"two\n"]
    assert not where.exists()


def test_a_socket_left_behind_by_a_crash_is_taken_over(directory: Path) -> None:
    where = directory / "x.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(where))
    assert answered(where, b"one\n") == [b"one\n"]


def test_an_answer_that_does_not_come_is_given_up(directory: Path) -> None:
    where = str(directory / "x.sock")
    with socket.socket(socket.AF_UNIX) as mute:
        mute.bind(where)
        mute.listen()
        with pytest.raises(TimeoutError):
            local.exchange(where, b"one\n", 0.05, 1000)


def test_a_path_too_long_for_a_socket_moves_to_the_temporary_directory(tmp_path: Path) -> None:
    assert local.place(paths(tmp_path), "tag").endswith("tag.sock")
    assert len(local.place(paths(tmp_path / ("x" * 100)), "tag")) < 104


def test_the_directory_is_made_private(tmp_path: Path) -> None:
    directory = tmp_path / "runtime"
    directory.mkdir(mode=0o755)
    local.prepare(directory)
    assert directory.stat().st_mode & 0o777 == 0o700


def test_a_link_in_the_directorys_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "runtime").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UnsafeDirectoryError, match="XDG_RUNTIME_DIR"):
        local.prepare(tmp_path / "runtime")


@pytest.mark.skipif(sys.platform != "linux" or os.getuid() != 0, reason="only root can be somebody else for a moment")
def test_another_user_is_turned_away_even_where_the_directory_lets_everybody_in(directory: Path) -> None:
    where, asked = directory / "x.sock", list[bytes]()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        writer.write(b"secret\n")
        writer.close()

    def exchange(user: int) -> bytes:
        os.seteuid(user)
        try:
            return local.exchange(str(where), b"one\n", 5.0, 1000)
        except ConnectionError:
            return b""
        finally:
            os.seteuid(0)

    async def serve() -> list[bytes]:
        close = await local.listen(str(where), answer)
        directory.chmod(0o755)
        where.chmod(0o666)
        found = [await asyncio.to_thread(exchange, user) for user in (NOBODY, 0)]
        close()
        return found

    assert asyncio.run(serve()) == [b"", b"secret\n"]
    assert asked == [b"one\n"]
