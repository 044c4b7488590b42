"""A real Redis: shared counts and answers, killed and slowed on the way."""

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent import Agent, free_port, until
from api.conftest import Client, clients

PAST = "/api/metrics/cpu?start=1000&end=5000&points={}"

pytestmark = pytest.mark.skipif(shutil.which("redis-server") is None, reason="needs redis-server")


class Redis:
    def __init__(self, directory: Path) -> None:
        self.port, self._directory = free_port(), directory
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--save", "", "--dir", str(self._directory)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        until(lambda: self.ask("PING") == "PONG", what="Redis")

    def ask(self, *words: str) -> str:
        command = ["redis-cli", "-p", str(self.port), *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=10, check=False).stdout.strip()

    def send(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    found = Redis(tmp_path)
    found.start()
    yield found
    found.stop()


def timed(client: Client, path: str) -> float:
    began = time.perf_counter()
    assert client.get(path).status == 200
    return time.perf_counter() - began


def test_counts_and_answers_are_shared_and_a_redis_in_trouble_costs_no_answer(tmp_path: Path, redis: Redis) -> None:
    agent = Agent(tmp_path, free_port(), TRAYBEAT_API__REDIS_URL=f"redis://127.0.0.1:{redis.port}/0")
    with agent.running():
        served = clients(agent)
        assert served.viewer.get(PAST.format(100)).status == 200
        kept = redis.ask("KEYS", "*")
        assert "traybeat" in kept
        assert served.viewer.get(PAST.format(100)).status == 200
        assert any(redis.ask("TTL", key) != "-1" for key in kept.splitlines())

        redis.send(signal.Signals["SIGSTOP"])
        took = [timed(served.viewer, PAST.format(101 + number)) for number in range(10)]
        assert max(took) < 2.0, "one deadline or two, and then Redis is left alone"
        assert sorted(took)[5] < 0.2
        assert any("Redis failed" in notice for notice in agent.status()["notices"])
        redis.send(signal.Signals["SIGCONT"])

        redis.stop()
        took = [timed(served.viewer, PAST.format(201 + number)) for number in range(10)]
        assert max(took) < 1.0


def test_a_password_in_the_url_is_refused_and_a_secret_is_used(tmp_path: Path, redis: Redis) -> None:
    assert redis.ask("CONFIG", "SET", "requirepass", "hunter2") == "OK"
    environ = {"TRAYBEAT_API__REDIS_URL": f"redis://127.0.0.1:{redis.port}/0"}
    written = Agent(tmp_path, free_port(), TRAYBEAT_API__REDIS_URL=f"redis://:hunter2@127.0.0.1:{redis.port}/0")
    refused = written.command("check")
    assert refused.returncode == 2
    assert "api.redis_password" in refused.stdout + refused.stderr
    assert "hunter2" not in refused.stdout + refused.stderr
    secret = {"TRAYBEAT_API__REDIS_PASSWORD": '{"secret": "redis"}', "TRAYBEAT_SECRET_REDIS": "hunter2"}
    agent = Agent(tmp_path, free_port(), **environ, **secret)
    with agent.running():
        served = clients(agent)
        assert served.viewer.get(PAST.format(100)).status == 200
        assert "traybeat" in redis.ask("-a", "hunter2", "KEYS", "*")
        assert not any("Redis" in notice for notice in agent.status()["notices"])
