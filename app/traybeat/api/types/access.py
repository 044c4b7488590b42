"""Keys and sessions."""

from typing import Literal

import msgspec

ScopeName = Literal["viewer", "admin"]
Language = Literal["system", "en", "ko"]
Theme = Literal["system", "light", "dark"]


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
    """A session's token, used as a key; kept in memory only, on both sides.

    With it comes what the first picture depends on: the settings' language and theme, and whether the welcome of the
    first run has been `welcomed`, that is, shown.
    """

    token: str
    scope: ScopeName
    language: Language
    theme: Theme
    welcomed: bool


class Visitor(msgspec.Struct, frozen=True):
    """Who asks: what the key or the session may do."""

    scope: ScopeName
