import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pytest

from agent import Agent, free_port, until


class Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)


class Client:
    """Asks a running agent's API; `key` is sent unless another is given."""

    def __init__(self, agent: Agent, key: str | None) -> None:
        self.agent, self.key = agent, key
        self.base = f"http://127.0.0.1:{agent.dashboard}"

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.key is not None:
            told.setdefault("Authorization", f"Bearer {self.key}")
        data = None
        if body is not None:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            told.setdefault("Content-Type", "application/json")
        request = urllib.request.Request(self.base + path, data, told, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return Answer(answer.status, {**answer.headers}, answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, {**error.headers}, error.read())

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, **headers)


class Served(NamedTuple):
    agent: Agent
    admin: Client
    viewer: Client
    nobody: Client


def clients(agent: Agent) -> Served:
    made = {scope: agent.command("key", "create", scope, "--scope", scope) for scope in ("admin", "viewer")}
    keys = {scope: done.stdout.strip() for scope, done in made.items()}
    served = Served(agent, *(Client(agent, key) for key in (keys["admin"], keys["viewer"], None)))
    until(lambda: served.admin.get("/api/metrics/cpu").json["values"] != [], what="the first readings")
    return served


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A running agent, and clients with and without keys."""
    environ = {"TRAYBEAT_API__REQUESTS_PER_HOUR": "100000"}
    agent = Agent(tmp_path_factory.mktemp("served"), free_port(), **environ)
    with agent.running():
        yield clients(agent)
