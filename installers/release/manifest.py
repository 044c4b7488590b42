"""Makes what the update notice asks for: a pair of keys, the build's edition, the signed manifest.

    python installers/release/manifest.py key                      a new pair: the private one to standard output, once
    python installers/release/manifest.py edition URL PUBLIC_KEY   what a build carries, into the package
    python installers/release/manifest.py sign VERSION PAGE FILE   the manifest, signed by TRAYBEAT_UPDATE_KEY

The private key is 32 bytes in base64, and comes from the environment: arguments can be read by every user. The manifest
is good for the days that `--days` says; publishing it anew before they are over tells that nobody holds it back.
"""

import argparse
import datetime as dt
import json
import os
import sys
from base64 import b64decode, b64encode
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from traybeat.model.settings import Updates
from traybeat.updates.edition import FILE, faults
from traybeat.updates.manifest import CONTEXT, read

KEY = "TRAYBEAT_UPDATE_KEY"


def main(arguments: list[str]) -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("key")
    edition = commands.add_parser("edition")
    edition.add_argument("url")
    edition.add_argument("public_key")
    edition.add_argument("--file", type=Path, default=FILE)
    sign = commands.add_parser("sign")
    sign.add_argument("version")
    sign.add_argument("page")
    sign.add_argument("file", type=Path)
    sign.add_argument("--days", type=int, default=90)
    options = parser.parse_args(arguments)
    if options.command == "key":
        pair()
    elif options.command == "edition":
        return carry(options.url, options.public_key, options.file)
    else:
        options.file.write_bytes(signed(private(), options.version, options.page, dt.timedelta(days=options.days)))
    return 0


def pair() -> None:
    """Print a new pair of keys."""
    key = Ed25519PrivateKey.generate()
    raw = key.private_bytes(serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption())
    print(f"private (a secret of the release, {KEY}): {b64encode(raw).decode()}")
    print(f"public (in the build's edition): {public(key)}")


def carry(url: str, public_key: str, file: Path) -> int:
    """Write the edition that a build carries."""
    for fault in faults(Updates(manifest=url, public_key=public_key)):
        print(fault, file=sys.stderr)
        return 2
    file.write_text(json.dumps({"manifest": url, "public_key": public_key}) + "\n", "utf-8")
    return 0


def private() -> Ed25519PrivateKey:
    """Give the key from the environment."""
    try:
        return Ed25519PrivateKey.from_private_bytes(b64decode(os.environ[KEY], validate=True))
    except (KeyError, ValueError):
        raise SystemExit(f"{KEY} must hold the private key, 32 bytes in base64; `key` makes one") from None


def public(key: Ed25519PrivateKey) -> str:
    """Give the public key in base64."""
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return b64encode(raw).decode()


def signed(key: Ed25519PrivateKey, version: str, page: str, good_for: dt.timedelta) -> bytes:
    """Give a manifest of now; raises ManifestError for what no reader would take."""
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    told = {"version": version, "released": now.isoformat(), "expires": (now + good_for).isoformat(), "page": page}
    payload = json.dumps(told).encode()
    read(payload)
    envelope = {"payload": b64encode(payload).decode(), "signature": b64encode(key.sign(CONTEXT + payload)).decode()}
    return json.dumps(envelope).encode() + b"\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
