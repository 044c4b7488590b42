import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest

from traybeat.host.paths import Paths
from traybeat.host.windows import pipe


@pytest.fixture
def where(tmp_path: Path) -> str:
    name = pipe.place(Paths(config=tmp_path, data=tmp_path, log_directory=tmp_path, runtime=tmp_path), tmp_path.name)
    assert name.startswith("\\\\.\\pipe\\traybeat-")
    return name


@contextmanager
def served(where: str, *, answers: bool = True) -> Iterator[None]:
    """Send back each line ten thousand times, in one line; or nothing, until the end."""
    ready, ended = Event(), Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = await reader.readline()
        if answers:
            writer.write(line.rstrip() * 10_000 + b"\n")
            await writer.drain()
        else:
            await asyncio.to_thread(ended.wait)
        writer.close()

    async def serve() -> None:
        close = await pipe.listen(where, answer)
        ready.set()
        await asyncio.to_thread(ended.wait)
        close()

    thread = Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        assert ready.wait(10)
        yield
    finally:
        ended.set()
        thread.join(10)
    assert not thread.is_alive()


def test_lines_go_there_and_back_whatever_their_length(where: str) -> None:
    with served(where):
        assert pipe.exchange(where, b"one\n", 5.0, 10**6) == b"one" * 10_000 + b"\n"
        assert pipe.exchange(where, b"two\n", 5.0, 10**6) == b"two" * 10_000 + b"\n"


def test_many_at_once_are_all_answered(where: str) -> None:
    with served(where), ThreadPoolExecutor(10) as pool:
        answers = pool.map(lambda number: pipe.exchange(where, b"%d\n" % number, 10.0, 10**6), range(10))
        assert [answer[:1] for answer in answers] == [b"%d" % number for number in range(10)]


def test_an_answer_that_does_not_come_is_given_up(where: str) -> None:
    with served(where, answers=False), pytest.raises(TimeoutError):
        pipe.exchange(where, b"one\n", 0.1, 1000)


def test_nobody_there_is_an_error_at_once(where: str) -> None:
    with pytest.raises(FileNotFoundError):
        pipe.exchange(where, b"one\n", 5.0, 1000)
