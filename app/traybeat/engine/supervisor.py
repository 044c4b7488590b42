"""Owns every thread: starts services, starts again what dies, and ends them in reverse within a time."""

import logging
import threading
import time
from dataclasses import dataclass, field

from traybeat.host.logs import fields
from traybeat.model.service import Service
from traybeat.model.stop import Stop

log = logging.getLogger("traybeat.supervisor")

FIRST_BACK_OFF = 0.5
LONGEST_BACK_OFF = 60.0
STEADY_SECONDS = 60.0
STOP_SECONDS = 4.0
_LEAST_SECONDS = 0.05


def back_off(failures: int) -> float:
    """Give the seconds to wait before the next start, after so many failures in a row."""
    return float(min(FIRST_BACK_OFF * 2 ** min(failures - 1, 16), LONGEST_BACK_OFF))


@dataclass(slots=True)
class _Running:
    service: Service
    stop: Stop = field(default_factory=Stop)
    thread: threading.Thread | None = None
    restarts: int = 0


class Supervisor:
    """Runs services, each on a daemon thread of its own; a thread that hangs can't keep the program from ending."""

    def __init__(self) -> None:
        self._running: dict[str, _Running] = {}
        self._lock = threading.Lock()

    def start(self, service: Service) -> None:
        """Start a service; its name must be free."""
        running = _Running(service)
        thread = threading.Thread(target=self._keep, args=(running,), name=service.name, daemon=True)
        running.thread = thread
        with self._lock:
            if service.name in self._running:
                raise ValueError(f"a service named {service.name} runs already")
            self._running[service.name] = running
        thread.start()

    def end(self, name: str, seconds: float = STOP_SECONDS) -> bool:
        """End one service and say whether its thread did end; its name is free again either way."""
        with self._lock:
            running = self._running.pop(name, None)
        return running is None or self._join(running, seconds)

    def stop(self, seconds: float = STOP_SECONDS) -> tuple[str, ...]:
        """End all services, the newest first, within so many seconds in all; give the names of those that did not.

        One that lags may use up half of the time that is left, so that the ones behind it still get theirs.
        """
        with self._lock:
            order = list(self._running.values())[::-1]
            self._running.clear()
        deadline = time.monotonic() + seconds
        laggards = []
        for running in order:
            if not self._join(running, max((deadline - time.monotonic()) / 2, _LEAST_SECONDS)):
                laggards.append(running.service.name)
                log.warning("service did not stop in time", extra=fields(part=running.service.name))
        return tuple(laggards)

    def restarts(self) -> dict[str, int]:
        """Count for each service how often it had to be started again."""
        with self._lock:
            return {name: running.restarts for name, running in self._running.items()}

    @staticmethod
    def _join(running: _Running, seconds: float) -> bool:
        running.stop.set()
        if running.thread is None or running.thread is threading.current_thread():
            return True
        running.thread.join(seconds)
        return not running.thread.is_alive()

    def _keep(self, running: _Running) -> None:
        failures = 0
        while not running.stop.is_set():
            started = time.monotonic()
            try:
                running.service.run(running.stop)
            except Exception as error:
                if time.monotonic() - started > STEADY_SECONDS:
                    failures = 0
                failures += 1
                running.restarts += 1
                log.exception("service died", extra=fields(part=running.service.name, kind=type(error).__name__))
                running.stop.wait(back_off(failures))
            else:
                return
