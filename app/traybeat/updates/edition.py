"""What whoever built this copy says about its updates: where its manifest is, and the key that signs it.

`edition.json` beside this file is written by a release; a copy built from source has none, and asks nobody unless the
settings name a place and a key of the user's own.
"""

from pathlib import Path

import msgspec

from traybeat.model.errors import Fault
from traybeat.model.settings import Updates

KEY_BYTES = 32
FILE = Path(__file__).with_name("edition.json")


class Edition(msgspec.Struct, frozen=True):
    """Where the manifest is, and the Ed25519 public key in base64; empty where there is none."""

    manifest: str = ""
    public_key: str = ""


def built(file: Path = FILE) -> Edition:
    """Give what this copy was built with."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Edition)
    except FileNotFoundError:
        return Edition()


def chosen(settings: Updates, edition: Edition) -> Edition:
    """Give what is in force: the settings', where they name both, else the build's."""
    if settings.manifest and settings.public_key:
        return Edition(settings.manifest, settings.public_key)
    return edition


def faults(settings: Updates) -> tuple[Fault, ...]:
    """Find what can't work in the settings."""
    found = []
    if bool(settings.manifest) != bool(settings.public_key):
        missing = "public_key" if settings.manifest else "manifest"
        found.append(Fault(f"updates.{missing}", "nothing", "both updates.manifest and updates.public_key, or neither"))
    if settings.manifest and not settings.manifest.startswith("https://"):
        found.append(Fault("updates.manifest", settings.manifest, "an address that begins with https://"))
    if settings.public_key and _length(settings.public_key) != KEY_BYTES:
        found.append(Fault("updates.public_key", "no Ed25519 key", f"{KEY_BYTES} bytes in base64"))
    return tuple(found)


def _length(key: str) -> int:
    from base64 import b64decode

    try:
        return len(b64decode(key, validate=True))
    except ValueError:
        return -1
