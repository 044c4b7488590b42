"""Processes, now and at a moment."""

import msgspec

from traybeat.engine.status import Top


class Processes(msgspec.Struct, frozen=True):
    """The top processes at a time, in Unix seconds; `time` is None, and there are none, where nothing is known."""

    time: float | None
    processes: tuple[Top, ...]
