import json

import pytest

from counterparts import answer, http_server, message, notice
from fakes import FakeSecrets
from traybeat.channels.apprise import (
    MOST_REMEMBERED,
    Apprise,
    Options,
    build,
    check,
    installed,
    through_apprise,
)
from traybeat.channels.registry import Outfit
from traybeat.model.errors import SecretMissingError
from traybeat.model.message import Rejected, Unreachable
from traybeat.model.settings import SecretRef

SECRETS = FakeSecrets(one="one://token-1", two="two://token-2")
BOTH = Options(urls=(SecretRef("one"), SecretRef("two")))


class FakeNotify:
    """Remembers what was sent where, and answers as it is told."""

    def __init__(self, **outcomes: bool | None) -> None:
        self.sent: list[tuple[str, str]] = []
        self.outcomes = outcomes

    def __call__(self, url: str, title: str, body: str, kind: str) -> bool | None:
        self.sent.append((url, kind))
        return self.outcomes.get(url.partition(":")[0], True)


def test_every_address_gets_the_message() -> None:
    notify = FakeNotify()
    assert Apprise(BOTH, SECRETS, notify).send(message()) == "taken by 2"
    assert notify.sent == [("one://token-1", "warning"), ("two://token-2", "warning")]


def test_an_address_that_took_it_does_not_get_it_again() -> None:
    notify = FakeNotify(two=False)
    channel = Apprise(BOTH, SECRETS, notify)
    with pytest.raises(Unreachable, match="not taken by two") as caught:
        channel.send(message())
    assert "token" not in str(caught.value)
    notify.outcomes["two"] = True
    channel.send(message())
    assert [url for url, _ in notify.sent] == ["one://token-1", "two://token-2", "two://token-2"]
    channel.send(message(key="another"))
    assert len(notify.sent) == 5


def test_an_address_that_is_none_is_refused_by_its_name() -> None:
    with pytest.raises(Rejected, match="no address that Apprise knows: one") as caught:
        Apprise(BOTH, SECRETS, FakeNotify(one=None)).send(message())
    assert "token" not in str(caught.value)


def test_a_missing_secret_is_told_by_its_name() -> None:
    with pytest.raises(SecretMissingError, match="three"):
        Apprise(Options(urls=(SecretRef("three"),)), SECRETS, FakeNotify()).send(message())


def test_not_every_message_is_remembered_for_ever() -> None:
    notify = FakeNotify()
    channel = Apprise(BOTH, SECRETS, notify)
    for number in range(MOST_REMEMBERED + 1):
        channel.send(message(key=str(number)))
    notify.sent.clear()
    channel.send(message(key="0"))
    assert len(notify.sent) == 2


def test_severities_and_ends_have_types_of_their_own() -> None:
    notify = FakeNotify()
    channel = Apprise(Options(urls=(SecretRef("one"),)), SECRETS, notify)
    for number, told in enumerate(
        [message(notice(severity="critical")), message(notice(severity="info")), message(notice(event="resolved"))]
    ):
        channel.send(message(*told.notices, key=str(number)))
    channel.send(message(notices=(), kind="test", key="t"))
    assert [kind for _, kind in notify.sent] == ["failure", "info", "success", "info"]


def test_without_addresses_there_is_no_channel() -> None:
    outfit = Outfit(SECRETS, "box")
    assert build(Options(), outfit) is None
    assert (build(BOTH, outfit) is not None) is installed()
    assert not list(check(Options()))
    assert [fault.path for fault in check(BOTH)] == ([] if installed() else ["urls"])


def test_addresses_without_the_library_are_a_fault() -> None:
    faults = list(check(BOTH, present=lambda: False))
    assert [fault.path for fault in faults] == ["urls"]
    assert 'pip install "traybeat[apprise]"' in str(faults[0])


@pytest.mark.skipif(not installed(), reason="Apprise is not installed")
@pytest.mark.filterwarnings("ignore")
def test_the_real_library_delivers_and_logs_no_address(caplog: pytest.LogCaptureFixture) -> None:
    with http_server() as peer:
        assert through_apprise(f"json://127.0.0.1:{peer.port}/T0P5ECRET9", "title", "body", "warning") is True
    sent = json.loads(peer.requests[0].body)
    assert (sent["title"], sent["message"], sent["type"]) == ("title", "body", "warning")
    with http_server(answer("500 Oops")) as peer:
        assert through_apprise(f"json://127.0.0.1:{peer.port}/T0P5ECRET9", "title", "body", "warning") is False
    assert through_apprise("nonsense-T0P5ECRET9", "title", "body", "warning") is None
    assert "T0P5ECRET9" not in caplog.text
