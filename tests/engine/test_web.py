import asyncio
import threading

import pytest

from traybeat.engine.web import Web
from traybeat.model.stop import Stop


class Part:
    def __init__(self) -> None:
        self.begun = threading.Event()
        self.ended = False
        self._end = asyncio.Event()

    async def serve(self) -> None:
        self._end = asyncio.Event()
        self.begun.set()
        await self._end.wait()
        self.ended = True

    def end(self) -> None:
        self._end.set()


class Dying(Part):
    async def serve(self) -> None:
        raise OSError("no more")


def test_all_parts_end_when_told_from_another_thread() -> None:
    parts, stop = (Part(), Part()), Stop()
    thread = threading.Thread(target=Web(parts).run, args=(stop,))
    thread.start()
    assert all(part.begun.wait(5) for part in parts)
    stop.set()
    thread.join(5)
    assert not thread.is_alive()
    assert all(part.ended for part in parts)


def test_told_before_it_begins_it_ends_at_once() -> None:
    part, stop = Part(), Stop()
    stop.set()
    Web((part,)).run(stop)
    assert part.ended


def test_a_part_that_dies_takes_the_thread_down_for_the_supervisor_to_see() -> None:
    with pytest.raises(ExceptionGroup):
        Web((Part(), Dying())).run(Stop())
