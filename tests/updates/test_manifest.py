import json
from base64 import b64encode

import pytest

from traybeat.updates.manifest import ManifestError, Release, judge, newer, read, unpack

TOLD = {
    "version": "1.4.0",
    "released": "2026-01-01T00:00:00Z",
    "expires": "2026-04-01T02:00:00+02:00",
    "page": "https://example.org/1.4.0",
}
RELEASE = Release("1.4.0", released=1000.0, expires=5000.0, page="https://example.org/1.4.0")


def payload(**changes: object) -> bytes:
    return json.dumps(TOLD | changes).encode()


def test_a_payload_is_read_with_its_times_as_unix_seconds() -> None:
    assert read(payload()) == Release("1.4.0", 1_767_225_600.0, 1_775_001_600.0, "https://example.org/1.4.0")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"version": "1.4"}, "known form"),
        ({"version": "1.4.0; rm"}, "known form"),
        ({"page": "http://example.org"}, "known form"),
        ({"page": "javascript:alert(1)"}, "known form"),
        ({"page": "https://example.org/\nnext"}, "known form"),
        ({"released": "2026-01-01T00:00:00"}, "zone"),
        ({"expires": "soon"}, "not in a form"),
        ({"page": 7}, "not in a form"),
    ],
)
def test_a_payload_of_another_form_is_refused(changes: dict[str, object], reason: str) -> None:
    with pytest.raises(ManifestError, match=reason):
        read(payload(**changes))


@pytest.mark.parametrize("document", [b"", b"<html>", b"[]", b"\xff", b'{"payload": "!", "signature": ""}'])
def test_what_is_no_manifest_is_told_so(document: bytes) -> None:
    with pytest.raises(ManifestError, match="no update manifest"):
        unpack(document)


def test_an_envelope_gives_bytes() -> None:
    document = json.dumps({"payload": b64encode(b"{}").decode(), "signature": b64encode(b"s").decode()}).encode()
    assert unpack(document).payload == b"{}"
    assert unpack(document).signature == b"s"


def test_a_manifest_is_believed_until_it_expires_and_unless_a_newer_one_was_seen() -> None:
    judge(RELEASE, now=5000.0, newest=1000.0)
    with pytest.raises(ManifestError, match=r"expired.*https://example\.org"):
        judge(RELEASE, now=5000.1, newest=0.0)
    with pytest.raises(ManifestError, match="older than one seen before"):
        judge(RELEASE, now=2000.0, newest=1000.5)


@pytest.mark.parametrize(
    ("version", "own", "comes_after"),
    [
        ("0.2.0", "0.1.0", True),
        ("0.10.0", "0.9.9", True),
        ("0.1.0", "0.1.0", False),
        ("0.1.0", "0.2.0", False),
        ("0.2.0", "0.2.0rc1", True),
        ("0.1.9", "0.2.0.dev3", False),
        ("", "0.1.0", False),
    ],
)
def test_versions_are_compared_by_number(version: str, own: str, comes_after: bool) -> None:
    assert newer(version, own) is comes_after
