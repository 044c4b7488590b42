"""Secrets from the environment and from files, as containers hand them over."""

import re
from collections.abc import Mapping
from pathlib import Path

from traybeat.model.errors import SecretMissingError
from traybeat.model.service import Secret

LARGEST_FILE = 65_536


def variable(name: str) -> str:
    """Give the environment variable for a secret: `smtp-password` is TRAYBEAT_SECRET_SMTP_PASSWORD."""
    return "TRAYBEAT_SECRET_" + re.sub(r"[^A-Z0-9]", "_", name.upper())


class EnvironmentSecrets:
    """Looks secrets up in TRAYBEAT_SECRET_NAME, or in the file that TRAYBEAT_SECRET_NAME_FILE names."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def knows(self, name: str) -> bool:
        """Say whether the environment has anything to say about a secret."""
        key = variable(name)
        return key in self._environ or f"{key}_FILE" in self._environ

    def get(self, name: str) -> Secret:
        """Give a secret, without the line end that a file may close with."""
        key = variable(name)
        if (value := self._environ.get(key)) is not None:
            return Secret(value)
        if (path := self._environ.get(key + "_FILE")) is not None:
            return Secret(self._read(name, Path(path)))
        raise SecretMissingError(f"the secret {name!r} is not there: set {key}, or {key}_FILE to the path of a file")

    @staticmethod
    def _read(name: str, path: Path) -> str:
        try:
            with path.open("rb") as file:
                return file.read(LARGEST_FILE).decode().rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise SecretMissingError(f"the secret {name!r} can't be read from {path}: {reason}") from None
