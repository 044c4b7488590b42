"""The first run."""

import msgspec


class LoginRequest(msgspec.Struct, frozen=True):
    """Whether Traybeat starts at login."""

    on: bool
