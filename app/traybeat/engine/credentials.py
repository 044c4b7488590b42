"""Credentials that the settings fix: a user's name and password, a token."""

import base64
import binascii
import hmac
from dataclasses import dataclass

from traybeat.model.service import Secret


@dataclass(frozen=True, slots=True)
class Keys:
    """What opens the gate: a user name and password (basic), a token (bearer), or either; with neither it is open."""

    username: str | None = None
    password: Secret | None = None
    token: Secret | None = None

    @property
    def required(self) -> bool:
        """Whether anything must be presented."""
        return self.password is not None or self.token is not None

    def fit(self, authorization: str) -> bool:
        """Say whether an Authorization header opens the gate, in a time that tells nothing about the keys."""
        scheme, _, rest = authorization.partition(" ")
        given = rest.strip()
        if scheme.lower() == "bearer" and self.token is not None:
            return _same(given, self.token.reveal())
        if scheme.lower() == "basic" and self.password is not None:
            try:
                user, _, password = base64.b64decode(given, validate=True).decode().partition(":")
            except (binascii.Error, UnicodeDecodeError):
                return False
            right_user = _same(user, self.username or "")
            return _same(password, self.password.reveal()) and right_user
        return False

    @property
    def challenge(self) -> bytes:
        """The WWW-Authenticate header that says what is expected."""
        schemes = []
        if self.token is not None:
            schemes.append(b'Bearer realm="traybeat"')
        if self.password is not None:
            schemes.append(b'Basic realm="traybeat", charset="UTF-8"')
        return b", ".join(schemes)


def _same(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode(), right.encode())
