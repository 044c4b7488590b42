"""Keys and sessions."""

from typing import Literal

import msgspec

ScopeName = Literal["viewer", "admin"]


class KeyRequest(msgspec.Struct, frozen=True):
    """A key to make."""

    name: str
    scope: ScopeName = "viewer"


class NewKey(msgspec.Struct, frozen=True):
    """A key, shown this once."""

    name: str
    scope: ScopeName
    key: str


class KeyInfo(msgspec.Struct, frozen=True):
    """What is known of a key. Unix seconds; `used_at` to the minute."""

    name: str
    scope: ScopeName
    created_at: float
    used_at: float | None


class Keys(msgspec.Struct, frozen=True):
    """The keys there are."""

    keys: tuple[KeyInfo, ...]


class SessionRequest(msgspec.Struct, frozen=True):
    """The code that opens a session, once."""

    code: str


class Session(msgspec.Struct, frozen=True):
    """A session's token, used as a key; kept in memory only, on both sides."""

    token: str
    scope: ScopeName
