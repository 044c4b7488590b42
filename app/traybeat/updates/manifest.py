"""The signed manifest that names the newest version.

A JSON object with `payload` and `signature`, both in base64. The payload is a JSON object of its own: `version` (three
numbers), `released` and `expires` (RFC 3339), `page` (an https address for people). The signature is Ed25519 (RFC 8032)
over CONTEXT and the payload's bytes, so that no signature made for anything else passes for one of a manifest.
"""

import re
from datetime import datetime
from typing import NamedTuple

import msgspec

from traybeat.model.errors import TraybeatError

CONTEXT = b"traybeat update manifest 1\n"
MOST_BYTES = 16_384
_VERSION = re.compile(r"(\d{1,6})\.(\d{1,6})\.(\d{1,6})")
_PAGE = re.compile(r"https://[\x21-\x7e]{4,500}")


class ManifestError(TraybeatError):
    """A manifest that nobody should believe; the text says why, and what to do."""


class Release(NamedTuple):
    """The newest version, since when and until when that is said (Unix seconds), and where to read about it."""

    version: str
    released: float
    expires: float
    page: str


class Envelope(msgspec.Struct, frozen=True):
    """The manifest as it is fetched."""

    payload: bytes
    signature: bytes


class _Payload(msgspec.Struct, frozen=True):
    version: str
    released: datetime
    expires: datetime
    page: str


def unpack(document: bytes) -> Envelope:
    """Take a manifest apart, believing nothing of it yet; raises ManifestError."""
    try:
        return msgspec.json.decode(document, type=Envelope)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError):
        raise ManifestError("what was fetched is no update manifest; check the address in updates.manifest") from None


def read(payload: bytes) -> Release:
    """Read a payload whose signature holds; raises ManifestError."""
    try:
        told = msgspec.json.decode(payload, type=_Payload)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError):
        raise ManifestError("the update manifest is signed, but not in a form that this version knows") from None
    if not _VERSION.fullmatch(told.version) or not _PAGE.fullmatch(told.page):
        raise ManifestError("the update manifest is signed, but its version or its page is not in a known form")
    if told.released.tzinfo is None or told.expires.tzinfo is None:
        raise ManifestError("the update manifest is signed, but its times lack their zone")
    return Release(told.version, told.released.timestamp(), told.expires.timestamp(), told.page)


def judge(release: Release, now: float, newest: float) -> None:
    """Refuse a manifest that is out of date, or older than one seen before; raises ManifestError.

    Whoever stands in between could else keep a machine at an old version by repeating an old manifest. `now` and
    `newest`, the release time of the newest manifest seen so far, are Unix seconds.
    """
    if now > release.expires:
        raise ManifestError(
            "the update manifest has expired: nobody publishes it any more, or somebody holds newer ones back; "
            f"look yourself at {release.page}"
        )
    if release.released < newest:
        raise ManifestError(
            "the update manifest is older than one seen before: somebody may be holding newer ones back; "
            f"look yourself at {release.page}"
        )


def newer(version: str, own: str) -> bool:
    """Say whether a version comes after our own; a pre-release of ours (0.2.0rc1) comes before its number."""
    return _order(version) > _order(own)


def _order(version: str) -> tuple[int, int, int, bool]:
    found = _VERSION.match(version)
    if found is None:
        return (0, 0, 0, False)
    return (int(found[1]), int(found[2]), int(found[3]), found.end() == len(version))
