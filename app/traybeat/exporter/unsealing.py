"""Asks the keyring for the exporter's credentials until it gives them; a start never waits for it."""

from typing import Protocol

from traybeat.model.service import Secrets
from traybeat.model.stop import Stop

AGAIN_SECONDS = 15.0


class Sealed(Protocol):
    """What waits for its credentials."""

    def unseal(self, secrets: Secrets) -> bool:
        """Ask once, and say whether it is open now."""


class Unsealing:
    """The service that asks, and ends with success."""

    name = "exporter credentials"

    def __init__(self, exporter: Sealed, secrets: Secrets, seconds: float = AGAIN_SECONDS) -> None:
        self._exporter = exporter
        self._secrets = secrets
        self._seconds = seconds

    def run(self, stop: Stop) -> None:
        """Ask until there is an answer."""
        while not stop.is_set() and not self._exporter.unseal(self._secrets):
            stop.wait(self._seconds)
