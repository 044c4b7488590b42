import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes import FakeClock
from traybeat.alerts.journal import Journal
from traybeat.api.guard import ApiGuard, Doors
from traybeat.api.ledger import Ledger
from traybeat.engine.gate import Admission, Request
from traybeat.engine.keys import Keyring
from traybeat.engine.principal import Scope
from traybeat.engine.rates import Quota, Rates, Verdict
from traybeat.engine.refusal import Refusal
from traybeat.engine.sessions import Sessions

CLOCK = FakeClock()


class SharedLedger(Ledger):
    """Remembers who was counted where several agents count."""

    def __init__(self) -> None:
        super().__init__(Rates(CLOCK.wall), CLOCK.wall)
        self.shared: list[str] = []

    async def hit(self, quota: Quota, who: str) -> Verdict:
        self.shared.append(who)
        return await super().hit(quota, who)


@pytest.fixture
def doors(tmp_path: Path) -> Iterator[Doors]:
    journal = Journal(tmp_path / "journal.db", CLOCK.wall)
    yield Doors(Keyring(journal, CLOCK.wall), Sessions(CLOCK.monotonic), SharedLedger())
    journal.close()


def ask(doors: Doors, key: str, method: str = "GET", hourly: int = 2) -> Admission | Refusal:
    request = Request("http", method, "/api/status", {b"authorization": f"Bearer {key}".encode()}, "127.0.0.1")
    return asyncio.run(ApiGuard(doors, lambda: hourly).admit(request))


def test_a_key_is_told_how_many_requests_it_has_left_until_it_has_none(doors: Doors) -> None:
    key = doors.keyring.create("ops", Scope.VIEWER)
    first, last, refused = (ask(doors, key) for _ in range(3))
    assert isinstance(first, Admission)
    assert dict(first.headers)[b"ratelimit"].startswith(b'"hour";r=1;t=')
    assert dict(first.headers)[b"ratelimit-policy"] == b'"hour";q=2;w=3600'
    assert isinstance(last, Admission)
    assert isinstance(refused, Refusal)
    assert refused.status == 429
    assert b"retry-after" in dict(refused.headers)


def test_windows_are_counted_by_their_own_agent_and_not_by_the_hour_of_a_key(doors: Doors) -> None:
    token = doors.sessions.exchange(doors.sessions.code())
    assert token is not None
    for _ in range(50):
        assert isinstance(ask(doors, token), Admission)
    assert isinstance(doors.ledger, SharedLedger)
    assert doors.ledger.shared == [], "every agent's first window is called the same"


def test_a_viewer_changes_nothing_and_is_counted_for_trying(doors: Doors) -> None:
    key = doors.keyring.create("ops", Scope.VIEWER)
    refused = ask(doors, key, "DELETE")
    assert isinstance(refused, Refusal)
    assert refused.status == 403
    assert dict(refused.headers)[b"ratelimit"].startswith(b'"hour";r=1;')
