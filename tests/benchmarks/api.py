"""What the API costs, and how quickly it answers: python tests/benchmarks/api.py [--seconds N] [PART ...].

Starts an agent at its defaults. A hundred users, each with a key and a loopback address of its own, ask all at once;
answers are timed from the first byte sent to the last received. Prints a Markdown table for docs/performance.md.
Parts: idle, users, cached, live.
"""

import argparse
import asyncio
import json
import os
import random
import re
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT.parent / "app")]

from agent import Agent, free_port, until  # noqa: E402

USERS = 100
EVERY = 2.0
DEAF, LISTENING = 30, 120
MEGABYTE = 1e6
Tell = Callable[[str, str, str], None]
_LENGTH = re.compile(rb"content-length: (\d+)")


class User:
    """One connection that is kept open, and what its answers took."""

    def __init__(self, number: int, port: int, key: str) -> None:
        self.source, self.port, self.key = f"127.1.{number // 200}.{number % 200 + 1}", port, key
        self.took: list[float] = []
        self.failed = 0

    async def open(self) -> None:
        self.reader, self.writer = await asyncio.open_connection(
            "127.0.0.1", self.port, local_addr=(self.source, 0), limit=2**24
        )

    async def ask(self, path: str) -> None:
        began = time.perf_counter()
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nAuthorization: Bearer {self.key}\r\n\r\n"
        self.writer.write(head.encode())
        header = await self.reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(header)
        assert length is not None
        await self.reader.readexactly(int(length[1]))
        self.took.append(time.perf_counter() - began)
        self.failed += b" 200 " not in header.partition(b"\r\n")[0]


class Bench:
    """A running agent and its keys."""

    def __init__(self, agent: Agent, process: psutil.Process, seconds: float) -> None:
        self.agent, self.process, self.seconds = agent, process, seconds
        self.keys = [agent.command("key", "create", f"user-{number}").stdout.strip() for number in range(USERS)]

    def rss(self) -> float:
        return float(self.process.memory_info().rss) / MEGABYTE

    def cpu(self) -> float:
        times = self.process.cpu_times()
        return float(times.user + times.system)


def paths(now: float) -> Sequence[str]:
    """What a dashboard and scripts ask: how things are, and a day of one metric or another."""
    day = f"start={now - 86_400:.0f}&end={now:.0f}&points=300"
    return (
        "/api/status", "/api/metrics/cpu", "/api/metrics/memory", "/api/processes", "/api/alerts/active",
        "/api/alerts/history?limit=50",
        f"/api/metrics/cpu?{day}&metric=system_cpu_busy_ratio",
        f"/api/metrics/memory?{day}&metric=system_memory_used_ratio",
        f"/api/metrics/network?{day}",
        "/api/metrics",
    )  # fmt: skip


def users(bench: Bench, tell: Tell) -> None:
    """A hundred users at once: each asks, thinks for about a second, and asks again."""

    async def play() -> list[User]:
        everybody = [User(number, bench.agent.dashboard, key) for number, key in enumerate(bench.keys)]
        await asyncio.gather(*(user.open() for user in everybody))
        end = time.monotonic() + bench.seconds

        async def live(user: User) -> None:
            chance = random.Random(user.source)  # noqa: S311 (thinking is no secret)
            while time.monotonic() < end:
                await user.ask(chance.choice(paths(time.time())))
                await asyncio.sleep(chance.uniform(0.5, 1.5))

        await asyncio.gather(*(live(user) for user in everybody))
        return everybody

    began = time.time()
    everybody = asyncio.run(play())
    ended = time.time()
    rhythm = collections(bench, began, ended) * EVERY / (ended - began)
    took = sorted(one for user in everybody for one in user.took)
    failed = sum(user.failed for user in everybody)
    tell("100 users at once, p95", f"{quantile(took, 0.95) * 1000:.1f} ms", "100 ms")
    tell("the same, p50", f"{quantile(took, 0.5) * 1000:.1f} ms", "")
    tell("the same, answers and failures", f"{len(took)}, {failed}", "none failed")
    tell("collections of the processor meanwhile", f"{rhythm:.3f} of those due", "0.9 to 1.1")


def collections(bench: Bench, start: float, end: float) -> int:
    """Count the samples of a series that is collected every two seconds."""
    path = f"/api/metrics/cpu?start={start}&end={end}&points=11000&metric=system_cpu_busy_ratio"
    request = urllib.request.Request(f"http://127.0.0.1:{bench.agent.dashboard}{path}")
    request.add_header("Authorization", f"Bearer {bench.keys[0]}")
    with urllib.request.urlopen(request, timeout=30) as answer:
        (line,) = json.load(answer)["series"]
    return sum(line["counts"])


def cached(bench: Bench, tell: Tell) -> None:
    """The same range of the past, over and over."""
    now = time.time()
    path = f"/api/metrics/cpu?start={now - 7200:.0f}&end={now - 120:.0f}&points=500"

    async def play() -> User:
        user = User(150, bench.agent.dashboard, bench.keys[0])
        await user.open()
        for _ in range(300):
            await user.ask(path)
        return user

    took = sorted(asyncio.run(play()).took[1:])
    tell("a cached range, p50", f"{quantile(took, 0.5) * 1000:.2f} ms", "2 ms")


def live(bench: Bench, tell: Tell) -> None:
    """A hundred and fifty listeners, thirty of which never read."""

    async def play() -> tuple[float, float, float]:
        before = bench.rss()
        opened = [await listen(bench, number) for number in range(DEAF + LISTENING)]
        tasks = [asyncio.create_task(drain(reader)) for reader, _ in opened[DEAF:]]
        most = before
        for _ in range(int(bench.seconds)):
            await asyncio.sleep(1)
            most = max(most, bench.rss())
        for task in tasks:
            task.cancel()
        for _, writer in opened:
            writer.close()
        await asyncio.sleep(15)
        return before, most, bench.rss()

    before, most, after = asyncio.run(play())
    tell("150 listeners, 30 of them deaf: RSS more", f"{most - before:.1f} MB", "15 MB")
    tell("15 s after they have gone", f"{after - before:+.1f} MB", "back")


async def listen(bench: Bench, number: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    port = bench.agent.dashboard
    source = (f"127.2.{number // 200}.{number % 200 + 1}", 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=source)
    head = f"GET /api/live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    head += "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    writer.write(head.encode())
    await reader.readuntil(b"\r\n\r\n")
    hello = json.dumps({"key": bench.keys[0]}).encode()
    writer.write(bytes([0x81, 0x80 | len(hello)]) + b"\0\0\0\0" + hello)
    return reader, writer


async def drain(reader: asyncio.StreamReader) -> None:
    while await reader.read(65536):
        pass


def idle(bench: Bench, tell: Tell) -> None:
    """Nobody asks."""
    time.sleep(20)  # the first tidying
    began, used = time.monotonic(), bench.cpu()
    time.sleep(bench.seconds)
    tell("nobody asks: RSS", f"{bench.rss():.1f} MB", "42 MB")
    tell("nobody asks: processor", f"{(bench.cpu() - used) / (time.monotonic() - began) * 100:.2f} % of a core", "")


def quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


PARTS = {"idle": idle, "users": users, "cached": cached, "live": live}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    options = parser.parse_args()
    print("| figure | measured | to reach |\n|---|---|---|")

    def tell(figure: str, measured: str, wanted: str) -> None:
        print(f"| {figure} | {measured} | {wanted} |", flush=True)

    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as home:
        agent = Agent(Path(home), free_port(), TRAYBEAT_API__REQUESTS_PER_HOUR="1000000")
        with agent.running() as process:
            until(agent.answers)
            bench = Bench(agent, psutil.Process(process.pid), options.seconds)
            for part in options.parts or PARTS:
                PARTS[part](bench, tell)


if __name__ == "__main__":
    main()
