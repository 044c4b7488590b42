"""The names of users by their numbers."""

import os
import re
from collections.abc import Callable
from pathlib import Path

from traybeat.host.machine import Roots
from traybeat.model.service import Clock

REMEMBER_SECONDS = 3600.0
_DEADLINE_SECONDS = 2.0


def getent(uid: int, *, path: str | None = None, deadline: float = _DEADLINE_SECONDS) -> str | None:
    """Ask the system's user databases (LDAP, sssd, systemd); None where they don't know.

    In a process of its own, as such a database may not answer at all: raises TimeoutError when it has not in time,
    in seconds. `path` is where the program is looked for.
    """
    import subprocess

    try:
        answer = subprocess.run(  # noqa: S603 (a number is all that varies)
            ["getent", "passwd", str(uid)],  # noqa: S607 (where it is differs between distributions)
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=deadline,
            env={"PATH": path or os.environ.get("PATH", os.defpath)},
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise TimeoutError(f"no answer about user {uid}") from late
    except OSError:
        return None
    return answer.stdout.partition(b":")[0].decode("utf-8", "replace") or None


def named(passwd: bytes, uid: int) -> str | None:
    """Find a user's name in the text of /etc/passwd: passwd(5)."""
    found = re.search(rb"^([^:\n]+):[^:\n]*:%d:" % uid, passwd, re.MULTILINE)
    return found[1].decode("utf-8", "replace") if found else None


class Users:
    """Gives users' names, each looked up at most once an hour.

    First from /etc/passwd, which never blocks and in a container is the host's if its root is mounted; what is not in
    there is asked of the system, unless the host is another system than ours. Once that was late, not for an hour.
    """

    def __init__(self, roots: Roots, clock: Clock, ask: Callable[[int], str | None] = getent) -> None:
        self._passwd = Path(roots.root, "etc/passwd")
        self._ask = ask
        self._clock = clock
        self._elsewhere = roots.root != Roots().root
        self._known: dict[int, str] = {}
        self._deaf = False
        self._until: float | None = None

    def __call__(self, uid: int) -> str:
        """Give a user's name; the number as text where it has none."""
        now = self._clock.monotonic()
        if self._until is None or now >= self._until:
            self._until = now + REMEMBER_SECONDS
            self._known, self._deaf = {}, False
        if uid not in self._known:
            self._known[uid] = self._in_passwd(uid) or self._asked(uid) or str(uid)
        return self._known[uid]

    def _in_passwd(self, uid: int) -> str | None:
        try:
            return named(self._passwd.read_bytes(), uid)
        except OSError:
            return None

    def _asked(self, uid: int) -> str | None:
        if self._elsewhere or self._deaf:
            return None
        try:
            return self._ask(uid)
        except TimeoutError:
            self._deaf = True
            return None
