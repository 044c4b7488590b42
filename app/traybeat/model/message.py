"""What is told about alerts, and the channels that tell it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from traybeat.model.alert import Operator, Severity
from traybeat.model.errors import TraybeatError
from traybeat.model.readings.process import Process

Event = Literal["triggered", "resolved"]
MessageKind = Literal["alerts", "digest", "test"]


class Rejected(TraybeatError):  # noqa: N818 (the name that channels are written against)
    """The other side refuses for good: trying the same again is of no use."""


class Unreachable(TraybeatError):  # noqa: N818 (the same)
    """The message did not get through this time; `retry_after` is in seconds, where the other side asked for it."""

    def __init__(self, text: str, retry_after: float | None = None) -> None:
        super().__init__(text)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Notice:
    """One alert that fired or ended. Times are Unix seconds; `value` is the one at that moment.

    `text` is the rule's message, filled in; `unit` is of the values (see model.quantity). `worst` is the value furthest
    beyond the threshold while it lasted. `processes` are those that used most when it fired. `gone` says that it ended
    as its series or its rule went away.
    """

    alert: str
    event: Event
    rule: str
    name: str
    severity: Severity
    metric: str
    labels: Mapping[str, str]
    text: str
    unit: str
    triggered_at: float
    resolved_at: float | None = None
    operator: Operator = ">"
    threshold: float | None = None
    value: float | None = None
    worst: float | None = None
    processes: tuple[Process, ...] = ()
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """What one channel is to tell at once. `key` stays the same however often it is tried."""

    key: str
    host: str
    created_at: float
    notices: tuple[Notice, ...] = ()
    kind: MessageKind = "alerts"


class Channel(Protocol):
    """One way to reach a person or a program; used by one thread at a time."""

    @property
    def name(self) -> str:
        """Name the channel as the settings do."""

    @property
    def remote(self) -> bool:
        """Say whether it needs a network."""

    def send(self, message: Message) -> str:
        """Hand a message over and give what the other side answered; raises Rejected or Unreachable.

        Texts of errors and answers are for people and hold no secret. Ends within half a minute.
        """
