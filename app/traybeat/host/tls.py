"""TLS contexts from certificate files, replaced while in use when the files change."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from traybeat.model.errors import TraybeatError


class CertificateError(TraybeatError):
    """The certificate or its key can't be used."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The paths of a certificate with its chain and of its private key, both PEM."""

    certificate: Path
    key: Path

    def signature(self) -> tuple[object, ...]:
        """Give what changes when a file changes; never raises."""
        return tuple(_signature(path) for path in (self.certificate, self.key))


def _signature(path: Path) -> object:
    try:
        found = path.stat()
    except OSError as error:
        return error.errno
    return found.st_mtime_ns, found.st_size, found.st_ino


def context(pair: Pair) -> ssl.SSLContext:
    """Load a pair for a server: TLS 1.2 and up; raises CertificateError, which says what to mend."""
    for path in (pair.certificate, pair.key):
        try:
            path.open("rb").close()
        except OSError as error:
            raise CertificateError(f"{path} can't be read: {error.strerror}") from None
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.set_alpn_protocols(["http/1.1"])
    asked: list[str] = []

    def password() -> str:
        asked.append("")
        return ""  # a protected key fails instead of asking at a terminal

    try:
        made.load_cert_chain(pair.certificate, pair.key, password)
    except ssl.SSLError as error:
        raise CertificateError(_explain(pair, error, protected=bool(asked))) from None
    return made


def _explain(pair: Pair, error: ssl.SSLError, *, protected: bool) -> str:
    if error.reason == "KEY_VALUES_MISMATCH":
        return f"{pair.key} is not the key of {pair.certificate}: give the two that belong together"
    if protected:
        return f"{pair.key} is protected by a password: give the key without one"
    return f"{pair.certificate} and {pair.key} can't be loaded as PEM files: {error.reason or error}"


class Renewable:
    """A server's TLS context whose certificate can be exchanged between two handshakes."""

    def __init__(self, pair: Pair) -> None:
        self._pair = pair
        self._signature = pair.signature()
        self._current = context(pair)
        self.context = context(pair)
        self.context.sni_callback = self._choose

    def _choose(self, connection: Any, name: str | None, asked: ssl.SSLContext) -> None:  # noqa: ARG002 (ssl's own)
        connection.context = self._current

    def renew(self) -> bool:
        """Take changed files on, and say whether they were; a bad pair raises once and changes nothing."""
        signature = self._pair.signature()
        if signature == self._signature:
            return False
        self._signature = signature
        self._current = context(self._pair)
        return True
