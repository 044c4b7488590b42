"""Any program that takes JSON by HTTP. The payload's schema is in docs/alerts.md."""

import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec

from traybeat.channels.address import Guard
from traybeat.channels.http import Http
from traybeat.channels.registry import Outfit, Registration
from traybeat.model.errors import Fault
from traybeat.model.message import Message, Notice
from traybeat.model.service import Secrets
from traybeat.model.settings import ChannelOptions, SecretRef

VERSION = 1
# What we set ourselves, and what would change how the message is framed.
_OURS = frozenset(
    {
        *("host", "content-length", "content-type", "transfer-encoding", "connection", "expect", "upgrade"),
        *("idempotency-key", "x-traybeat-signature"),
    }
)
_TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz")


@dataclass(frozen=True, slots=True)
class Options(ChannelOptions):
    """The webhook's section of the settings."""

    url: Annotated[str | None, "Address that takes the messages by POST; none switches the channel off"] = None
    headers: Annotated[Mapping[str, str], "Headers to send with each, by name"] = field(default_factory=dict)
    secret_headers: Annotated[Mapping[str, SecretRef], "Headers whose values are secrets, as {secret: NAME}"] = field(
        default_factory=dict
    )
    signing_key: Annotated[SecretRef | None, "Key that signs each message (HMAC-SHA256), as {secret: NAME}"] = None
    allow_loopback: Annotated[bool, "Allow an address of this machine itself"] = False
    allow_private: Annotated[bool, "Allow addresses of private networks"] = True


class Webhook:
    """Posts JSON, signed where there is a key, under an idempotency key that stays the same at every attempt."""

    name = "webhook"
    remote = True

    def __init__(self, options: Options, secrets: Secrets, http: Http) -> None:
        self._options = options
        self._secrets = secrets
        self._http = http

    def send(self, message: Message) -> str:
        """Hand a message over."""
        body = payload(message)
        hidden = {name: self._secrets.get(ref.secret).reveal() for name, ref in self._options.secret_headers.items()}
        headers = {
            **self._options.headers,
            **hidden,
            "Content-Type": "application/json",
            "Idempotency-Key": message.key,
        }
        if self._options.signing_key is not None:
            key = self._secrets.get(self._options.signing_key.secret).reveal()
            headers["X-Traybeat-Signature"] = signature(key, body)
        return self._http.post(self._options.url or "", body, headers, hidden.values())


def signature(key: str, body: bytes) -> str:
    """Sign a body: `sha256=` and the HMAC in hexadecimal."""
    return f"sha256={hmac.digest(key.encode(), body, 'sha256').hex()}"


def payload(message: Message) -> bytes:
    """Write a message as JSON, of schema VERSION."""
    return msgspec.json.encode(
        {
            "version": VERSION,
            "key": message.key,
            "kind": message.kind,
            "host": message.host,
            "created_at": moment(message.created_at),
            "alerts": [_alert(one) for one in message.notices],
        }
    )


def moment(time: float | None) -> str | None:
    """Write Unix seconds as RFC 3339 in UTC."""
    return None if time is None else datetime.fromtimestamp(time, UTC).isoformat(timespec="milliseconds")


def _alert(one: Notice) -> dict[str, Any]:
    return {
        "id": one.alert,
        "event": one.event,
        "rule": one.rule,
        "name": one.name,
        "severity": one.severity,
        "metric": one.metric,
        "labels": dict(one.labels),
        "text": one.text,
        "unit": one.unit,
        "operator": one.operator,
        "threshold": one.threshold,
        "value": one.value,
        "worst": one.worst,
        "triggered_at": moment(one.triggered_at),
        "resolved_at": moment(one.resolved_at),
        "gone": one.gone,
        "processes": [each._asdict() for each in one.processes],
    }


def check(options: Options) -> Iterator[Fault]:
    """Tell what is wrong with the headers and the address."""
    if options.url is not None and not options.url.startswith(("http://", "https://")):
        yield Fault("url", "an address that is not shown", "one that begins with https:// or http://")
    for section, names in (("headers", options.headers), ("secret_headers", options.secret_headers)):
        for name in names:
            if not name or not set(name.lower()) <= _TOKEN:
                yield Fault(f"{section}.{name}", "no name of a header", "letters, digits and -")
            elif name.lower() in _OURS:
                yield Fault(f"{section}.{name}", "a header that Traybeat sets itself", "another")
    for name, value in options.headers.items():
        if not value.isprintable() or not value.isascii():
            yield Fault(f"headers.{name}", "characters that no header may hold", "plain ASCII text on one line")


def build(options: Options, outfit: Outfit) -> Webhook | None:
    """Set the channel up where there is an address."""
    if not options.url:
        return None
    return Webhook(options, outfit.secrets, Http(Guard(options.allow_loopback, options.allow_private)))


REGISTRATION = Registration("webhook", Options, build, check)
