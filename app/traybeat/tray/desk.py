"""What the tray asks of the running program, and does with it."""

from typing import Protocol

from traybeat.engine.status import Readings
from traybeat.tray.glance import Alert, Glance, Mode


class Desk(Protocol):
    """The running program as the tray sees it; every call returns at once."""

    @property
    def mode(self) -> Mode:
        """How the icon is to look."""

    @property
    def language(self) -> str:
        """Which language to speak."""

    def glance(self) -> Glance:
        """Say how things stand; asked every second or two."""

    def readings(self) -> Readings:
        """Say what the tooltip tells."""

    def alerts(self) -> tuple[Alert, ...]:
        """Name what is active; asked when the menu is opened."""

    def newer(self) -> str | None:
        """Name a version that is newer than this one, where one is known."""

    def login(self) -> bool | None:
        """Say whether Traybeat starts at login; None where that can't be switched."""

    def snoozed(self) -> bool:
        """Say whether alerts are held back."""

    def act(self, key: str) -> None:
        """Do what an entry of the menu is for."""

    def tell(self, text: str) -> None:
        """Tell whoever sits at the machine, outside of the tray."""
