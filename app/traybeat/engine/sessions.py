"""The window's own sessions: a code that works once, exchanged for a token that only memory knows."""

import hashlib
import secrets
import threading
from collections.abc import Callable
from typing import NamedTuple

from traybeat.engine.principal import Principal, Scope

CODE_SECONDS = 30.0
IDLE_SECONDS = 12 * 3600.0
MOST_SESSIONS = 32
PREFIX = "ts_"


class _Session(NamedTuple):
    principal: Principal
    until: float


class Sessions:
    """Codes and sessions of this run of the program. `monotonic` gives seconds that never go back."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._codes: dict[bytes, float] = {}
        self._sessions: dict[bytes, _Session] = {}
        self._made = 0

    def code(self) -> str:
        """Make a code that opens one session within half a minute."""
        code = secrets.token_urlsafe(32)
        now = self._monotonic()
        with self._lock:
            self._codes = {key: until for key, until in self._codes.items() if until > now}
            self._codes[_digest(code)] = now + CODE_SECONDS
            while len(self._codes) > MOST_SESSIONS:
                del self._codes[next(iter(self._codes))]
        return code

    def exchange(self, code: str) -> str | None:
        """Give a token for a code; None where the code is none, too old or used."""
        now = self._monotonic()
        with self._lock:
            until = self._codes.pop(_digest(code), 0.0)
            if until <= now:
                return None
            self._made += 1
            token = PREFIX + secrets.token_urlsafe(32)
            principal = Principal(f"window-{self._made}", Scope.ADMIN, "window")
            self._sessions[_digest(token)] = _Session(principal, now + IDLE_SECONDS)
            while len(self._sessions) > MOST_SESSIONS:
                del self._sessions[min(self._sessions, key=lambda key: self._sessions[key].until)]
            return token

    def holder(self, token: str) -> Principal | None:
        """Say whose token that is, and let its session last; None where it is nobody's."""
        if not token.startswith(PREFIX):
            return None
        now, key = self._monotonic(), _digest(token)
        with self._lock:
            session = self._sessions.get(key)
            if session is None or session.until <= now:
                self._sessions.pop(key, None)
                return None
            self._sessions[key] = session._replace(until=now + IDLE_SECONDS)
            return session.principal

    def end(self, name: str) -> None:
        """End a session by its principal's name."""
        with self._lock:
            self._sessions = {key: one for key, one in self._sessions.items() if one.principal.name != name}


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
