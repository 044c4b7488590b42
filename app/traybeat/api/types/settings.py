"""Settings, secrets and channels."""

from typing import Any

import msgspec


class SettingInfo(msgspec.Struct, frozen=True):
    """One setting: what it is for, what it takes, its default."""

    path: str
    description: str
    expected: str
    default: Any


class SettingsTree(msgspec.Struct, frozen=True):
    """The settings in force, without any secret's value.

    `overridden` names those that the environment gives, which the file can't change. `faults` are those of an edit of
    the file that was not taken on.
    """

    settings: dict[str, Any]
    described: tuple[SettingInfo, ...]
    overridden: tuple[str, ...]
    path: str
    faults: tuple[str, ...]
    notice: str | None


class SecretNames(msgspec.Struct, frozen=True):
    """The names of the secrets that are kept; their values are never told."""

    names: tuple[str, ...]


class SecretValue(msgspec.Struct, frozen=True):
    """A secret's value, on its way in."""

    value: str

    def __repr__(self) -> str:
        """Never show it."""
        return "SecretValue(***)"


class SecretKept(msgspec.Struct, frozen=True):
    """A secret is kept; `notice` says where only until Traybeat ends."""

    name: str
    notice: str | None


class ChannelTest(msgspec.Struct, frozen=True):
    """Whether a test message went out, and what the other side answered."""

    delivered: bool
    answer: str
