"""Slack, and what takes its incoming webhooks (Mattermost, Rocket.Chat).

Blocks and attachments as in https://api.slack.com/reference/block-kit/blocks; escaping as in
https://api.slack.com/reference/surfaces/formatting#escaping.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec

from traybeat.channels import wording
from traybeat.channels.address import Guard
from traybeat.channels.http import Http
from traybeat.channels.registry import Outfit, Registration
from traybeat.model.alert import SEVERITIES, Severity
from traybeat.model.message import Message, Notice
from traybeat.model.service import Secrets
from traybeat.model.settings import ChannelOptions, SecretRef

LONGEST_TEXT = 2900
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


@dataclass(frozen=True, slots=True)
class Options(ChannelOptions):
    """Slack's section of the settings."""

    url: Annotated[SecretRef | None, "The incoming webhook's address, as {secret: NAME}"] = None
    mention: Annotated[Literal["none", "here", "channel"], "Whom to call"] = "none"
    mention_from: Annotated[Severity, "From which severity on to call them"] = "critical"


class Slack:
    """Posts to an incoming webhook."""

    name = "slack"
    remote = True

    def __init__(self, options: Options, secrets: Secrets, http: Http) -> None:
        self._options = options
        self._secrets = secrets
        self._http = http

    def send(self, message: Message) -> str:
        """Hand a message over."""
        if self._options.url is None:
            raise ValueError("Slack is not set up")
        url = self._secrets.get(self._options.url.secret).reveal().strip()
        body = msgspec.json.encode(payload(message, self._options))
        return self._http.post(url, body, {"Content-Type": "application/json"})


def escape(text: str) -> str:
    """Make text safe: no mention, link or command can be made of data."""
    return text.translate(_ESCAPES)[:LONGEST_TEXT]


def payload(message: Message, options: Options) -> dict[str, Any]:
    """Give the body of the request."""
    headline = escape(wording.headline(message))
    attachments = [_attachment(one) for one in wording.told(message)]
    if left := wording.more(message):
        attachments.append({"blocks": [_section(escape(left))], "fallback": escape(left)})
    return {"text": _mention(message, options) + headline, "attachments": attachments}


def _mention(message: Message, options: Options) -> str:
    fired = any(one.event == "triggered" for one in message.notices)
    grave = SEVERITIES.index(wording.severity(message.notices)) >= SEVERITIES.index(options.mention_from)
    return f"<!{options.mention}> " if options.mention != "none" and fired and grave else ""


def _attachment(one: Notice) -> dict[str, Any]:
    lines = [f"*{escape(wording.tag(one))}*  {escape(wording.sentence(one))}"]
    lines += [f"{escape(name)}: {escape(value)}" for name, value in wording.details(one)]
    blocks = [_section("\n".join(lines))]
    if one.processes:
        busiest = "\n".join(f"• {escape(wording.process(each))}" for each in one.processes)
        blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": busiest, "verbatim": True}]})
    return {"color": wording.color(one), "fallback": escape(wording.sentence(one)), "blocks": blocks}


def _section(text: str) -> dict[str, Any]:
    # Verbatim: nothing that looks like an address or a name is made into a link.
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:LONGEST_TEXT], "verbatim": True}}


def build(options: Options, outfit: Outfit) -> Slack | None:
    """Set the channel up where there is an address; it must be HTTPS, as it is a secret itself."""
    if options.url is None:
        return None
    return Slack(options, outfit.secrets, Http(Guard(), schemes=("https",)))


REGISTRATION = Registration("slack", Options, build)
