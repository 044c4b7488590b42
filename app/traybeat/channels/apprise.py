"""Everything else, through Apprise (https://github.com/caronc/apprise), where it is installed.

Its addresses hold passwords and tokens, so each is a secret as a whole.
"""

import importlib.util
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from traybeat.channels import wording
from traybeat.channels.registry import Outfit, Registration
from traybeat.channels.secrecy import silence
from traybeat.model.alert import Severity
from traybeat.model.errors import Fault
from traybeat.model.message import Message, Rejected, Unreachable
from traybeat.model.service import Secrets
from traybeat.model.settings import ChannelOptions, SecretRef

MOST_REMEMBERED = 20
_TYPES: Mapping[Severity, str] = {"info": "info", "warning": "warning", "critical": "failure"}


@dataclass(frozen=True, slots=True)
class Options(ChannelOptions):
    """Apprise's section of the settings."""

    urls: Annotated[tuple[SecretRef, ...], "Apprise addresses, each as {secret: NAME}"] = ()


Notify = Callable[[str, str, str, str], bool | None]
"""Sends to an address, with a title, a body and a type; None where the address is none that Apprise knows."""


class Apprise:
    """Sends to each address once, however often a message is tried because of another of them."""

    name = "apprise"
    remote = True

    def __init__(self, options: Options, secrets: Secrets, notify: Notify) -> None:
        self._names = [ref.secret for ref in options.urls]
        self._secrets = secrets
        self._notify = notify
        self._done: OrderedDict[str, set[str]] = OrderedDict()

    def send(self, message: Message) -> str:
        """Hand a message over to every address that has not taken it yet."""
        done = self._done.setdefault(message.key, set())
        while len(self._done) > MOST_REMEMBERED:
            self._done.popitem(last=False)
        outcomes = {name: self._tell(name, message) for name in self._names if name not in done}
        done |= {name for name, well in outcomes.items() if well}
        failed = [name for name, well in outcomes.items() if well is False]
        unknown = [name for name, well in outcomes.items() if well is None]
        if failed:
            raise Unreachable(f"not taken by {', '.join(failed)}")
        if unknown:
            raise Rejected(f"no address that Apprise knows: {', '.join(unknown)}")
        return f"taken by {len(self._names)}"

    def _tell(self, name: str, message: Message) -> bool | None:
        url = self._secrets.get(name).reveal().strip()
        kind = _kind(message)
        return self._notify(url, wording.headline(message), wording.plain(message), kind)


def _kind(message: Message) -> str:
    fired = any(one.event == "triggered" for one in message.notices)
    return _TYPES[wording.severity(message.notices)] if fired or not message.notices else "success"


def through_apprise(url: str, title: str, body: str, kind: str) -> bool | None:
    """Send through the real library, loaded now; it may show addresses in its log, so that is not listened to."""
    import apprise

    silence("apprise")
    service: Any = apprise.Apprise()
    if not service.add(url):
        return None
    return bool(service.notify(title=title, body=body, notify_type=kind, body_format="text"))


def installed() -> bool:
    """Say whether the library is there, without loading it."""
    return importlib.util.find_spec("apprise") is not None


def remedy(*, frozen: bool) -> str:
    """Say how to get the library; an installed program can't be given one."""
    package = 'pip install "traybeat[apprise]"'
    return (
        f"a Traybeat from Python's package, as installers come without it: {package}"
        if frozen
        else f"the package: {package}"
    )


def check(options: Options, present: Callable[[], bool] = installed) -> Iterator[Fault]:
    """Tell where addresses are set and the library is missing."""
    if options.urls and not present():
        yield Fault("urls", "addresses, but no Apprise", remedy(frozen=getattr(sys, "frozen", False)))


def build(options: Options, outfit: Outfit) -> Apprise | None:
    """Set the channel up where there are addresses and the library."""
    if not options.urls or not installed():
        return None
    return Apprise(options, outfit.secrets, through_apprise)


REGISTRATION = Registration("apprise", Options, build, check)
