import asyncio

from fakes import FakeClock
from traybeat.engine.gate import Admission, Request
from traybeat.engine.rates import Rates
from traybeat.engine.refusal import Refusal
from traybeat.exporter.guard import ScrapeGuard


def ask(path: str) -> Admission | Refusal:
    """Ask, with credentials that would be right, an exporter whose own are still to come."""
    guard = ScrapeGuard(None, Rates(FakeClock().wall))
    request = Request("http", "GET", path, {b"authorization": b"Bearer token"}, "127.0.0.1")
    return asyncio.run(guard.admit(request))


def test_while_the_keyring_is_locked_scrapers_are_asked_to_come_again() -> None:
    refusal = ask("/metrics")
    assert isinstance(refusal, Refusal)
    assert refusal.status == 503
    assert (b"retry-after", b"15") in refusal.headers


def test_whether_it_is_alive_is_told_all_the_same() -> None:
    assert isinstance(ask("/healthz"), Admission)
