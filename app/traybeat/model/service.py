"""The protocols that hold the program together."""

from collections.abc import Sequence
from typing import Protocol

from traybeat.model.errors import Fault
from traybeat.model.metric import Batch, Collection, Metric
from traybeat.model.settings import Settings
from traybeat.model.stop import Stop


class Clock(Protocol):
    """Time, handed in so that tests need not wait for it."""

    def wall(self) -> float:
        """Give Unix time in seconds; may jump."""

    def monotonic(self) -> float:
        """Give seconds that never go back and go on while the machine sleeps."""


class Service(Protocol):
    """A long-running part, owned by the supervisor."""

    @property
    def name(self) -> str:
        """Name the part, for logs and thread names."""

    def run(self, stop: Stop) -> None:
        """Work until `stop` is set, then return soon; raising makes the supervisor start it again."""


class Collector(Protocol):
    """Reads one subject from this machine; knows nothing of stores, rules or screens."""

    @property
    def name(self) -> str:
        """Name the subject: `cpu`, `memory`, ..."""

    @property
    def interval(self) -> float:
        """Give the seconds from one collection to the next."""

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Declare the metrics with fixed names."""

    def collect(self) -> Collection:
        """Read once. Give less where the machine has less; raise NoDataError where it has nothing at all."""


class Sink(Protocol):
    """Takes every batch, in order, on the pump's thread; must not block."""

    def accept(self, batch: Batch) -> None:
        """Take one batch."""


class Listener(Protocol):
    """A part that lives by the settings."""

    def check(self, new: Settings) -> Sequence[Fault]:
        """Say what of the new settings this part can't live with; change nothing."""

    def apply(self, old: Settings, new: Settings) -> None:
        """Take the new settings on; every part has agreed to them."""


class Secrets(Protocol):
    """Looks up secrets by the names that the settings give them."""

    def get(self, name: str) -> "Secret":
        """Give a secret; raises SecretMissingError, whose text says how to supply it.

        Its kind SecretsUnavailableError means that it may well be there, and can't be had right now. May take seconds.
        """


class SecretStore(Secrets, Protocol):
    """Keeps secrets, too. Every call may take seconds."""

    def put(self, name: str, value: "Secret") -> str | None:
        """Keep a secret, in place of an older one; gives a sentence where it is kept only until Traybeat ends.

        Raises SecretsUnavailableError, or SecretRefusedError for a name or a value that can't be kept.
        """

    def drop(self, name: str) -> None:
        """Forget a secret; raises SecretMissingError where there is none, or SecretsUnavailableError."""

    def names(self) -> tuple[str, ...]:
        """Name the secrets that are kept; asks no keyring."""


class Secret:
    """A value that never shows itself: its repr and str are `***`."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Give the value, to be used at once and kept nowhere."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__
