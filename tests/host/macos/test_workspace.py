"""macOS' notifications, from a centre of the test's own."""

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from agent import until
from traybeat.host.macos.workspace import DID_WAKE, WILL_POWER_OFF, WILL_SLEEP, Workspace
from traybeat.model.stop import Stop


class Center:
    def __init__(self) -> None:
        self.observers: dict[str, Callable[[Any], None]] = {}

    def addObserverForName_object_queue_usingBlock_(  # noqa: N802 (AppKit's own name)
        self, name: str, sender: object, queue: object, block: Callable[[Any], None]
    ) -> str:
        self.observers[name] = block
        return name

    def removeObserver_(self, observer: str) -> None:  # noqa: N802
        del self.observers[observer]

    def post(self, name: str) -> None:
        self.observers[name](SimpleNamespace(name=lambda: name))


def test_sleep_waking_and_the_end_of_the_session_are_told() -> None:
    center, told, ended, stop = Center(), list[bool](), list[str](), Stop()
    service = Workspace(center, told.append, lambda: ended.append("ended"))
    thread = threading.Thread(target=service.run, args=(stop,))
    thread.start()
    until(lambda: len(center.observers) == 3)
    for name in (WILL_SLEEP, DID_WAKE):
        center.post(name)
    assert (told, ended) == ([True, False], [])
    center.post(WILL_POWER_OFF)
    assert ended == ["ended"]
    stop.set()
    thread.join(5)
    assert center.observers == {}
