"""Hears from Windows that the machine is about to sleep or has woken, and that the user logs off.

https://learn.microsoft.com/windows/win32/power/wm-powerbroadcast and /windows/win32/shutdown/wm-endsession.
"""

import logging
from collections.abc import Callable

from traybeat.host.logs import fields
from traybeat.host.windows.window import Answer
from traybeat.model.stop import Stop

log = logging.getLogger("traybeat.events")

WINDOW = "TraybeatEvents"
WM_QUERYENDSESSION, WM_ENDSESSION, WM_POWERBROADCAST = 0x0011, 0x0016, 0x0218
PBT_APMSUSPEND, PBT_APMRESUMEAUTOMATIC = 0x0004, 0x0012
_LONGEST_FAREWELL_SECONDS = 4.5

Listen = Callable[[str, Answer, Stop], None]


class SystemEvents:
    """The service that listens; `told` gets True before a sleep and False after it, `ended` ends the program.

    It is to be stopped last: what Windows tells of the end of the session is answered once it is asked to stop, as
    Windows may end the program with the answer. `listen` has a window and hands over what that hears.
    """

    name = "events"

    def __init__(self, told: Callable[[bool], None], ended: Callable[[], None], listen: Listen) -> None:
        self._told = told
        self._ended = ended
        self._listen = listen

    def run(self, stop: Stop) -> None:
        """Listen until told to stop."""
        self._listen(WINDOW, lambda message, wparam, _: self._answer(message, wparam, stop), stop)

    def _answer(self, message: int, wparam: int, stop: Stop) -> int | None:
        if message == WM_QUERYENDSESSION:
            return 1
        if message == WM_ENDSESSION:
            if wparam:
                log.info("the user logs off", extra=fields(part="events"))
                self._ended()
                stop.wait(_LONGEST_FAREWELL_SECONDS)
            return 0
        if message == WM_POWERBROADCAST and wparam in {PBT_APMSUSPEND, PBT_APMRESUMEAUTOMATIC}:
            self._told(wparam == PBT_APMSUSPEND)
            return 1
        return None
