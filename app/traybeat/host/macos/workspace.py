"""Hears from macOS that the machine is about to sleep or has woken, and that the user logs out.

NSWorkspace posts these to whoever runs an application's loop, which the icon in the menu bar does; without it nobody is
told, and the clocks alone tell of a sleep. https://developer.apple.com/documentation/appkit/nsworkspace.
"""

import logging
from collections.abc import Callable
from typing import Any

from traybeat.host.logs import fields
from traybeat.model.stop import Stop

log = logging.getLogger("traybeat.events")

WILL_SLEEP, DID_WAKE = "NSWorkspaceWillSleepNotification", "NSWorkspaceDidWakeNotification"
WILL_POWER_OFF = "NSWorkspaceWillPowerOffNotification"
"""Comes before a log-out, too."""


class Workspace:
    """The service that listens at NSWorkspace's `center`; `told` gets True before a sleep and False after it."""

    name = "events"

    def __init__(self, center: Any, told: Callable[[bool], None], ended: Callable[[], None]) -> None:
        self._center = center
        self._told = told
        self._ended = ended

    def run(self, stop: Stop) -> None:
        """Listen until told to stop."""
        observe = self._center.addObserverForName_object_queue_usingBlock_
        observers = [observe(name, None, None, self._hear) for name in (WILL_SLEEP, DID_WAKE, WILL_POWER_OFF)]
        try:
            stop.wait()
        finally:
            for observer in observers:
                self._center.removeObserver_(observer)

    def _hear(self, notification: Any) -> None:
        name = notification.name()
        if name == WILL_POWER_OFF:
            log.info("the user logs out", extra=fields(part="events"))
            self._ended()
        else:
            self._told(name == WILL_SLEEP)
