"""Fetches the manifest and checks its signature, in a short-lived helper: `main` is that helper's body.

TLS, HTTP and the signature's library cost as much memory as all of Traybeat's own code, for one question a day.
"""

import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from traybeat.host import spawn
from traybeat.updates.edition import Edition
from traybeat.updates.manifest import CONTEXT, MOST_BYTES, Envelope, ManifestError, Release, read, unpack

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

SECONDS = 20.0
_CONNECT_SECONDS = 5.0
_OK = 200
# By these, OpenSSL can be told of other authorities than the system's.
_TRUST = ("SSL_CERT_FILE", "SSL_CERT_DIR")

Converse = Callable[[bytes, float], bytes]


def converse(request: bytes, seconds: float) -> bytes:
    """Ask the helper."""
    return spawn.converse(spawn.helper_command("update"), request, seconds, _TRUST)


def ask(edition: Edition, agent: str, talk: Converse = converse) -> Release:
    """Give the newest version that the manifest names, its signature checked; raises ManifestError."""
    request = json.dumps({"url": edition.manifest, "key": edition.public_key, "agent": agent}).encode()
    try:
        answer = json.loads(talk(request, SECONDS))
        problem, payload = answer.get("problem"), answer.get("payload", "")
    except (OSError, ValueError, AttributeError) as error:
        raise ManifestError(f"the update manifest could not be fetched ({type(error).__name__})") from None
    if problem is not None:
        raise ManifestError(str(problem))
    return read(str(payload).encode())


def main() -> int:
    """Be the helper: one request on standard input, one answer on standard output."""
    request = json.load(sys.stdin)
    try:
        envelope = unpack(fetch(request["url"], request["agent"]))
        verify(envelope, request["key"])
    except ManifestError as error:
        json.dump({"problem": str(error)}, sys.stdout)
    else:
        json.dump({"payload": envelope.payload.decode("utf-8", "replace")}, sys.stdout)
    return 0


def fetch(url: str, agent: str) -> bytes:
    """Get the manifest, following redirects as release pages have them; raises ManifestError.

    No address is told who asks but by what every request shows: its sender's address, and the program's name and
    version in `agent`.
    """
    import ssl

    from urllib3 import PoolManager, Retry, Timeout
    from urllib3.exceptions import HTTPError

    pool = PoolManager(ssl_context=ssl.create_default_context(), timeout=Timeout(_CONNECT_SECONDS, read=SECONDS))
    try:
        response = pool.request(
            "GET",
            url,
            headers={"User-Agent": agent, "Accept": "application/json"},
            retries=Retry(total=None, connect=0, read=0, status=0, other=0, redirect=5),
            preload_content=False,
        )
        return _body(response)
    except (HTTPError, OSError, ValueError) as error:
        raise ManifestError(f"the update manifest could not be fetched: {_reason(error)}") from None


def _body(response: "BaseHTTPResponse") -> bytes:
    if response.status != _OK:
        raise ManifestError(f"the update manifest could not be fetched: HTTP {response.status}")
    body = response.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise ManifestError("what was fetched is far too long to be an update manifest")
    return body


def _reason(error: BaseException) -> str:
    import ssl

    reason = getattr(error, "reason", error)
    cause = reason if isinstance(reason, BaseException) else error
    for one in (cause, cause.__cause__, *cause.args):
        if isinstance(one, ssl.SSLCertVerificationError):
            return f"its server's certificate is not trusted ({one.verify_message})"
    return f"no connection ({type(cause).__name__})"


def verify(envelope: Envelope, key: str) -> None:
    """Check the signature; raises ManifestError."""
    from base64 import b64decode

    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        raise ManifestError("this copy can't check signatures: the package cryptography is missing") from None
    try:
        Ed25519PublicKey.from_public_bytes(b64decode(key)).verify(envelope.signature, CONTEXT + envelope.payload)
    except (InvalidSignature, ValueError):
        raise ManifestError(
            "the update manifest's signature does not hold: it comes from somebody else than who built this copy; "
            "nothing of it was believed"
        ) from None
