import hashlib
import hmac
import json

import pytest

from counterparts import HOSTILE, HttpPeer, Request, answer, http_server, message, notice
from fakes import FakeSecrets
from traybeat.channels.address import Guard
from traybeat.channels.http import Http
from traybeat.channels.registry import Outfit
from traybeat.channels.webhook import Options, Webhook, build, check
from traybeat.model.errors import SecretMissingError
from traybeat.model.message import Rejected, Unreachable
from traybeat.model.settings import SecretRef

SECRETS = FakeSecrets(key="k3y-of-ours", token="Bearer t0ken-of-ours")


def hook(peer: HttpPeer, **options: object) -> Webhook:
    return Webhook(Options(url=peer.url, **options), SECRETS, Http(Guard(allow_loopback=True)))  # type: ignore[arg-type]


def sent(**options: object) -> Request:
    with http_server() as peer:
        assert hook(peer, **options).send(message()) == "HTTP 200: ok"
    return peer.requests[0]


def test_a_message_is_posted_as_json_by_the_documented_schema() -> None:
    body = json.loads(sent().body)
    assert {name: value for name, value in body.items() if name != "alerts"} == {
        "version": 1,
        "key": "0123456789abcdef",
        "kind": "alerts",
        "host": "box",
        "created_at": "2023-11-14T22:13:30.000+00:00",
    }
    assert body["alerts"] == [
        {
            "id": "a1b2c3",
            "event": "triggered",
            "rule": "cpu-busy",
            "name": "CPU busy",
            "severity": "warning",
            "metric": "system_cpu_busy_ratio",
            "labels": {"core": "0"},
            "text": "CPU busy: 95 % on box",
            "unit": "ratio",
            "operator": ">",
            "threshold": 0.9,
            "value": 0.95,
            "worst": 0.97,
            "triggered_at": "2023-11-14T22:13:20.000+00:00",
            "resolved_at": None,
            "gone": False,
            "processes": [{"pid": 42, "name": "make", "user": "ann", "cpu_ratio": 0.91, "memory_bytes": 250000000.0}],
        }
    ]


def test_every_attempt_has_the_same_idempotency_key() -> None:
    assert sent().headers["idempotency-key"] == "0123456789abcdef"
    assert sent().headers["content-type"] == "application/json"


def test_the_body_is_signed_where_there_is_a_key() -> None:
    request = sent(signing_key=SecretRef("key"))
    expected = hmac.new(b"k3y-of-ours", request.body, hashlib.sha256).hexdigest()
    assert request.headers["x-traybeat-signature"] == f"sha256={expected}"
    assert "x-traybeat-signature" not in sent().headers


def test_headers_are_sent_as_they_are_set_plain_or_secret() -> None:
    request = sent(headers={"X-Team": "ops"}, secret_headers={"Authorization": SecretRef("token")})
    assert (request.headers["x-team"], request.headers["authorization"]) == ("ops", "Bearer t0ken-of-ours")


def test_a_secret_header_that_comes_back_is_not_shown() -> None:
    def mirror(request: Request, connection: object) -> None:
        body = f"bad token {request.headers['authorization']}"
        connection.sendall(answer("403 Forbidden", body=body))  # type: ignore[attr-defined]

    with http_server(mirror) as peer, pytest.raises(Rejected) as caught:
        hook(peer, secret_headers={"Authorization": SecretRef("token")}).send(message())
    assert str(caught.value) == "HTTP 403: bad token ***"


def test_a_secret_that_is_missing_is_told_by_name() -> None:
    with http_server() as peer, pytest.raises(SecretMissingError, match="other"):
        hook(peer, signing_key=SecretRef("other")).send(message())
    assert not peer.requests


def test_a_secret_that_would_make_a_header_of_its_own_is_not_sent() -> None:
    secrets = FakeSecrets(token="x\r\nX-Evil: 1")
    with http_server() as peer:
        options = Options(url=peer.url, secret_headers={"Authorization": SecretRef("token")})
        with pytest.raises(Unreachable):
            Webhook(options, secrets, Http(Guard(allow_loopback=True))).send(message())
    assert not peer.requests


def test_hostile_text_is_data_within_the_json() -> None:
    with http_server() as peer:
        hook(peer).send(
            message(notice(name=HOSTILE.encode("utf-8", "replace").decode(), text="a\r\nb", labels={"x": '"'}))
        )
    (alert,) = json.loads(peer.requests[0].body)["alerts"]
    assert alert["text"] == "a\r\nb"
    assert alert["labels"] == {"x": '"'}


def test_this_machine_is_refused_unless_it_is_allowed() -> None:
    outfit = Outfit(SECRETS, "box")
    with http_server() as peer:
        refused = build(Options(url=peer.url), outfit)
        assert refused is not None
        with pytest.raises(Rejected, match="allow_loopback"):
            refused.send(message())
        allowed = build(Options(url=peer.url, allow_loopback=True), outfit)
        assert allowed is not None
        allowed.send(message())
    assert len(peer.requests) == 1


def test_without_an_address_there_is_no_channel() -> None:
    assert build(Options(), Outfit(SECRETS, "box")) is None


@pytest.mark.parametrize(
    ("options", "path"),
    [
        (Options(url="example.org/hook"), "url"),
        (Options(url="https://e.org", headers={"Bad Name": "x"}), "headers.Bad Name"),
        (Options(url="https://e.org", headers={"": "x"}), "headers."),
        (Options(url="https://e.org", headers={"Host": "x"}), "headers.Host"),
        (Options(url="https://e.org", headers={"X": "a\nb"}), "headers.X"),
        (Options(url="https://e.org", headers={"X": "é"}), "headers.X"),
        (
            Options(url="https://e.org", secret_headers={"Idempotency-Key": SecretRef("a")}),
            "secret_headers.Idempotency-Key",
        ),
    ],
)
def test_what_can_not_be_sent_is_a_fault_of_the_settings(options: Options, path: str) -> None:
    assert [fault.path for fault in check(options)] == [path]


def test_good_options_have_no_fault() -> None:
    assert not list(check(Options(url="https://e.org", headers={"X-Team": "ops"})))
    assert not list(check(Options()))
