"""The API's keys: 256 bits, shown once, kept as digests."""

import hashlib
import re
import secrets
import sqlite3
import threading
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol, TypeVar

import msgspec

from traybeat.engine.principal import Principal, Scope
from traybeat.model.errors import TraybeatError

PREFIX = "tb_"
MOST_KEYS = 1000
NOTE_SECONDS = 60.0
"""How exactly the last use is kept: not every request shall write to the disk."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

T = TypeVar("T")


class Table(Protocol):
    """The journal, as far as keys need it."""

    def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do some work in one transaction."""

    def read(self, sql: str, values: tuple[object, ...] = ()) -> list[sqlite3.Row]:
        """Give the rows of a query."""


class Key(NamedTuple):
    """What is known of a key. Times are Unix seconds; `used_at` is None where it never was."""

    name: str
    scope: Scope
    created_at: float
    used_at: float | None


class KeyExistsError(TraybeatError):
    """The name is taken."""


class NoSuchKeyError(TraybeatError):
    """No key has that name."""


class WrongKeyError(TraybeatError):
    """A key that can't be made."""


class Keyring:
    """The keys in the journal; what is asked at every request is in memory. `wall` gives Unix time."""

    def __init__(self, journal: Table, wall: Callable[[], float]) -> None:
        self._journal = journal
        self._wall = wall
        self._lock = threading.Lock()
        self._holders: dict[bytes, Principal] = {}
        self._noted: dict[str, float] = {}
        self._load()

    def create(self, name: str, scope: Scope) -> str:
        """Make a key and give it, for the only time; raises WrongKeyError and KeyExistsError."""
        if not _NAME.fullmatch(name):
            raise WrongKeyError("a key's name has up to 64 letters, digits, dots, - and _, and begins with no sign")
        if len(self._holders) >= MOST_KEYS:
            raise WrongKeyError(f"there are {MOST_KEYS} keys already; revoke some")
        key = PREFIX + secrets.token_urlsafe(32)
        row = (name, scope.name.lower(), digest(key), self._wall())
        try:
            self._journal.write(
                lambda db: db.execute("INSERT INTO keys (name, scope, digest, created_at) VALUES (?, ?, ?, ?)", row)
            )
        except sqlite3.IntegrityError:
            raise KeyExistsError(f"there is a key {name!r} already; revoke it first, or choose another name") from None
        self._load()
        return key

    def revoke(self, name: str) -> None:
        """Make a key worthless at once; raises NoSuchKeyError."""
        gone = self._journal.write(lambda db: db.execute("DELETE FROM keys WHERE name = ?", (name,)).rowcount)
        self._load()
        if not gone:
            raise NoSuchKeyError(f"there is no key {name!r}")

    def all(self) -> tuple[Key, ...]:
        """Tell of every key, by name."""
        rows = self._journal.read("SELECT name, scope, created_at, used_at FROM keys ORDER BY name")
        return tuple(Key(row["name"], _scope(row["scope"]), row["created_at"], row["used_at"]) for row in rows)

    def holder(self, key: str) -> Principal | None:
        """Say whose key that is; None where it is nobody's.

        What is looked up is a digest, so the time that takes tells nothing of the keys there are.
        """
        return self._holders.get(digest(key)) if key.startswith(PREFIX) else None

    def used(self, name: str) -> bool:
        """Say whether a use of a key is worth writing down: once a minute."""
        now = self._wall()
        with self._lock:
            if abs(now - self._noted.get(name, 0.0)) < NOTE_SECONDS:
                return False
            self._noted[name] = now
            return True

    def note(self, name: str) -> None:
        """Write down that a key was used just now."""
        now = self._wall()
        self._journal.write(lambda db: db.execute("UPDATE keys SET used_at = ? WHERE name = ?", (now, name)))

    def _load(self) -> None:
        with self._lock:  # else what was read before a key was revoked could replace what was read after
            rows = self._journal.read("SELECT name, scope, digest FROM keys")
            self._holders = {bytes(row["digest"]): Principal(row["name"], _scope(row["scope"]), "key") for row in rows}


def digest(key: str) -> bytes:
    """Give what is kept of a key. It has 256 random bits: no slow hash makes guessing any harder."""
    return hashlib.sha256(key.encode()).digest()


def _scope(text: str) -> Scope:
    return Scope[text.upper()]


def encode_keys(keyring: Keyring) -> bytes:
    """Tell of all keys, for whoever asks on the control socket."""
    return msgspec.json.encode([{**one._asdict(), "scope": one.scope.name.lower()} for one in keyring.all()])


def create_key(keyring: Keyring, request: Mapping[str, Any]) -> bytes:
    """Make a key, for the same."""
    return msgspec.json.encode({"key": keyring.create(request["name"], _scope(request["scope"]))})
