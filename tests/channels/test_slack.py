import json
from pathlib import Path
from typing import Any

import pytest

from counterparts import HOSTILE, OK, contexts, http_server, message, notice
from fakes import FakeSecrets
from traybeat.channels.address import Guard
from traybeat.channels.http import Http
from traybeat.channels.registry import Outfit
from traybeat.channels.slack import Options, Slack, build, payload
from traybeat.channels.wording import COLORS, RESOLVED_COLOR
from traybeat.model.alert import Severity
from traybeat.model.errors import SecretMissingError
from traybeat.model.message import Message, Rejected
from traybeat.model.settings import SecretRef

QUIET = Options(url=SecretRef("slack-url"))


def texts(part: Any) -> list[str]:
    """Find every text in a payload."""
    if isinstance(part, dict):
        return [text for value in part.values() for text in texts(value)]
    if isinstance(part, list):
        return [text for value in part for text in texts(value)]
    return [part] if isinstance(part, str) else []


def test_a_message_goes_to_the_secret_address(tmp_path: Path) -> None:
    server, client = contexts(tmp_path)
    with http_server(OK, server) as peer:
        http = Http(Guard(allow_loopback=True), schemes=("https",), context=client)
        assert Slack(QUIET, FakeSecrets(**{"slack-url": peer.url + "\n"}), http).send(message()) == "HTTP 200: ok"
    (request,) = peer.requests
    assert request.line == "POST /hook/T0P5ECRET9 HTTP/1.1"
    assert json.loads(request.body) == payload(message(), QUIET)


def test_an_address_that_is_not_https_is_refused_unseen() -> None:
    channel = build(QUIET, Outfit(FakeSecrets(**{"slack-url": "http://example.org/T0P5ECRET9"}), "box"))
    assert channel is not None
    with pytest.raises(Rejected) as caught:
        channel.send(message())
    assert "https://" in str(caught.value)
    assert "T0P5ECRET9" not in str(caught.value)


def test_this_machine_is_never_reached() -> None:
    channel = build(QUIET, Outfit(FakeSecrets(**{"slack-url": "https://127.0.0.1/T0P5ECRET9"}), "box"))
    assert channel is not None
    with pytest.raises(Rejected, match="its address is not allowed"):
        channel.send(message())


def test_a_missing_address_is_told_by_its_name() -> None:
    channel = build(QUIET, Outfit(FakeSecrets(), "box"))
    assert channel is not None
    with pytest.raises(SecretMissingError, match="slack-url"):
        channel.send(message())


def test_without_an_address_there_is_no_channel() -> None:
    assert build(Options(), Outfit(FakeSecrets(), "box")) is None
    with pytest.raises(ValueError, match="not set up"):
        Slack(Options(), FakeSecrets(), Http(Guard())).send(message())


def test_each_alert_has_a_block_with_the_colour_of_its_severity() -> None:
    three = message(notice(), notice(severity="critical"), notice(severity="critical", event="resolved"))
    attachments = payload(three, QUIET)["attachments"]
    assert [one["color"] for one in attachments] == [COLORS["warning"], COLORS["critical"], RESOLVED_COLOR]
    assert [block["type"] for block in attachments[0]["blocks"]] == ["section", "context"]
    assert "CPU busy: 95 % on box" in attachments[0]["blocks"][0]["text"]["text"]
    assert "make (42, ann)" in attachments[0]["blocks"][1]["elements"][0]["text"]


def test_an_alert_without_processes_has_no_list_of_them() -> None:
    (one,) = payload(message(notice(processes=())), QUIET)["attachments"]
    assert len(one["blocks"]) == 1


@pytest.mark.parametrize("field", ["name", "text", "rule"])
def test_data_can_make_no_mention_link_or_command(field: str) -> None:
    hostile = message(notice(**{field: HOSTILE}, labels={HOSTILE: HOSTILE}), host=HOSTILE)
    for text in texts(payload(hostile, QUIET)):
        assert "<" not in text
        assert ">" not in text.replace("&gt;", "")


def test_what_is_escaped_is_escaped_once() -> None:
    (one,) = payload(message(notice(text="a < b & c > d")), QUIET)["attachments"]
    assert "a &lt; b &amp; c &gt; d" in one["blocks"][0]["text"]["text"]


@pytest.mark.parametrize(
    ("mention", "mention_from", "told", "expected"),
    [
        ("none", "info", message(notice(severity="critical")), ""),
        ("channel", "critical", message(notice(severity="critical")), "<!channel> "),
        ("here", "warning", message(notice(severity="critical")), "<!here> "),
        ("here", "critical", message(notice(severity="warning")), ""),
        ("here", "info", message(notice(severity="critical", event="resolved")), ""),
        ("here", "info", message(notices=(), kind="test"), ""),
        ("channel", "critical", message(notice(), notice(severity="critical")), "<!channel> "),
    ],
)
def test_people_are_called_only_where_the_settings_ask_for_it(
    mention: Any, mention_from: Severity, told: Message, expected: str
) -> None:
    text = payload(told, Options(mention=mention, mention_from=mention_from))["text"]
    assert text.startswith(expected)
    assert ("<!" in text) is bool(expected)


def test_a_digest_says_what_it_leaves_out() -> None:
    digest = payload(message(*[notice()] * 30, kind="digest"), QUIET)
    assert any("and 10 more" in text for text in texts(digest))


def test_a_long_message_keeps_to_slacks_limits() -> None:
    long = message(*[notice(text="x" * 5000, labels={str(n): "y" * 200 for n in range(60)})] * 20)
    for one in payload(long, QUIET)["attachments"]:
        assert len(one["blocks"]) <= 50
        assert all(len(block["text"]["text"]) <= 3000 for block in one["blocks"] if block["type"] == "section")
