"""Whether anything on this desktop shows tray icons."""

from typing import Any

from traybeat.tray.linux.bus import Bus, Call, connected
from traybeat.tray.linux.statusnotifier import PROPERTIES, WATCHER, WATCHER_PATH

SECONDS = 3.0


class _Nothing:
    def answer(self, call: Call) -> tuple[str, tuple[Any, ...]] | None:  # noqa: ARG002 (there is nothing to ask for)
        return None


def hosted(address: str) -> bool:
    """Ask on the session's bus whether there is a StatusNotifier host; raises OSError."""
    found: list[bool] = []
    with connected(address) as bus:
        _ask(bus, found)
        bus.turn(_Nothing(), SECONDS)
        for _ in range(10):
            if found:
                break
            bus.turn(_Nothing(), SECONDS / 10)
    return bool(found and found[0])


def _ask(bus: Bus, found: list[bool]) -> None:
    def told(body: Any) -> None:
        found.append(bool(body is not None and body[0][1]))

    wanted = (WATCHER, "IsStatusNotifierHostRegistered")
    bus.call(WATCHER, WATCHER_PATH, PROPERTIES, "Get", "ss", wanted, told)
