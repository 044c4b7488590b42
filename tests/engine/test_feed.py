import asyncio
import json

import pytest

from fakes import batch
from traybeat.engine.feed import GATHER_SECONDS, Feed


def feed(counter: list[int]) -> Feed:
    def encode() -> bytes:
        counter[0] += 1
        return json.dumps(counter[0]).encode()

    made = Feed()
    made.encoders = {"readings": encode}
    return made


def test_a_listener_gets_what_is_newest_at_once_and_then_what_changes() -> None:
    async def play() -> list[tuple[bytes, ...]]:
        made = feed([0])
        listener = await made.join()
        heard = [await listener.take()]
        made.accept(batch("cpu"))
        heard.append(await asyncio.wait_for(listener.take(), 5))
        made.leave(listener)
        return heard

    assert asyncio.run(play()) == [(b"1",), (b"2",)]


def test_who_does_not_take_gets_only_the_newest() -> None:
    async def play() -> tuple[bytes, ...]:
        made = feed([0])
        listener = await made.join()
        for message in (b"old", b"newer", b"newest"):
            listener.put("readings", message)
        return await listener.take()

    assert asyncio.run(play()) == (b"newest",)


def test_it_is_encoded_once_for_everybody() -> None:
    counter = [0]

    async def play() -> None:
        made = feed(counter)
        listeners = [await made.join() for _ in range(5)]
        for listener in listeners:
            await listener.take()
        before = counter[0]
        for _ in range(3):
            made.accept(batch("cpu"))
        taken = [await asyncio.wait_for(listener.take(), 5) for listener in listeners]
        assert len(set(taken)) == 1
        assert counter[0] == before + 1

    asyncio.run(play())


def test_without_listeners_nothing_is_encoded() -> None:
    counter = [0]

    async def play() -> None:
        made = feed(counter)
        made.accept(batch("cpu"))
        listener = await made.join()
        made.leave(listener)
        made.accept(batch("cpu"))
        await asyncio.sleep(0)

    asyncio.run(play())
    assert counter[0] == 1


def test_a_failed_collection_is_no_news() -> None:
    counter = [0]

    async def play() -> None:
        made = feed(counter)
        listener = await made.join()
        await listener.take()
        made.accept(batch("cpu", error="broken"))
        made.changed("alerts")  # nothing encodes those here: the log tells, and everything goes on
        made.accept(batch("cpu"))
        await asyncio.wait_for(listener.take(), 5)

    asyncio.run(play())
    assert counter[0] == 2


def test_who_could_not_be_told_the_first_time_is_not_remembered() -> None:
    async def play() -> int:
        asked = 0

        def fail() -> bytes:
            nonlocal asked
            asked += 1
            raise ArithmeticError

        made = Feed()
        made.encoders = {"readings": fail}
        with pytest.raises(ArithmeticError):
            await made.join()
        made.accept(batch("cpu"))
        await asyncio.sleep(2 * GATHER_SECONDS)  # nobody listens, so nothing is due
        return asked

    assert asyncio.run(play()) == 1
