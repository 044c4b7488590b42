"""Faults that a person can mend, in words that say how."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with the settings: where, what was found, what was expected.

    `near` is the nearest known key where an unknown one was found; `line` counts from 1 in the file, where there is
    one.
    """

    path: str
    found: str
    expected: str
    near: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line is not None else ""
        hint = f"; did you mean {self.near}?" if self.near else ""
        return f"{where}{self.path}: found {self.found}, expected {self.expected}{hint}"


class TraybeatError(Exception):
    """The root of the errors that are told to the user without a traceback."""


class WrongSettingsError(TraybeatError):
    """The settings can't be used; carries every fault that was found."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


class NoDataError(TraybeatError):
    """The machine has nothing of the kind to tell; expected, and never counted as a failure."""


class SecretMissingError(TraybeatError):
    """A secret that the settings name is not to be had."""


class SecretsUnavailableError(SecretMissingError):
    """The keyring is locked or does not answer: the secret may be there, and may be had later."""


class SecretRefusedError(TraybeatError):
    """A secret can't be kept as it is: its name, or its value; the text never holds the value."""


class UnsafeDirectoryError(TraybeatError):
    """A directory that should be ours alone belongs to someone else, or others may write to it."""
