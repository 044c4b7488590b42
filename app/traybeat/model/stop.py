"""The one signal to end."""

import threading
from collections.abc import Callable


class Stop(threading.Event):
    """An event that also calls back, for those who can't wait on an event."""

    def __init__(self) -> None:
        super().__init__()
        self._callbacks: list[Callable[[], None]] = []
        self._guard = threading.Lock()

    def call(self, callback: Callable[[], None]) -> None:
        """Call `callback` when the event is set, or at once where it is; it must be quick and not raise."""
        with self._guard:
            if not self.is_set():
                self._callbacks.append(callback)
                return
        callback()

    def set(self) -> None:
        """Set the event and call back, each callback once."""
        with self._guard:
            super().set()
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()
