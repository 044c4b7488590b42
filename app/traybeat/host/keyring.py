"""Asks the operating system's keyring; run as the helper `keyring`, as it is heavy and may hang.

A request is one JSON object: `do` (get, put, drop, probe), `name`, `value`, and `prompt`: whether the system may ask
somebody to unlock the keyring. The answer is one, too: `value`, or `trouble` with `detail`; `backend` either way.
"""

import faulthandler
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

HELPER = "keyring"
SERVICE = "traybeat"
GIVE_UP_SECONDS = 120.0
LONGEST_ON_WINDOWS = 1280
_STDERR = 2

# Only these. Others that the library may find keep secrets in plain files, or nowhere.
BACKENDS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "linux": (("keyring.backends.SecretService", "Keyring"), ("keyring.backends.kwallet", "DBusKeyring")),
    "darwin": (("keyring.backends.macOS", "Keyring"),),
    "win32": (("keyring.backends.Windows", "WinVaultKeyring"),),
}
_PROBE = "traybeat-doctor"


class Trouble(Exception):  # noqa: N818 (an answer, not a failure of ours)
    """Why a request can't be met: `absent`, `locked`, `missing`, `refused` or `failed`, and some detail."""

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(kind, detail)
        self.kind, self.detail = kind, detail


class Backend(NamedTuple):
    """A keyring and its name for people."""

    keyring: Any
    name: str


def backends(platform: str) -> Iterator[Backend]:
    """Give the keyrings that work here, the best first."""
    found = []
    for module, name in BACKENDS.get(platform, ()):
        try:
            kind = getattr(import_module(module), name)
            found.append((float(kind.priority), Backend(kind(), str(kind.__doc__ or name).strip().partition("\n")[0])))
        except Exception:  # noqa: BLE001, S112 (whatever a backend raises where its service is absent)
            continue
    yield from (backend for _, backend in sorted(found, key=lambda one: -one[0]))


def look_at_lock(keyring: Any) -> None:
    """Raise Trouble where using the Secret Service's default collection would make a dialog appear."""
    if type(keyring).__module__ != "keyring.backends.SecretService":
        return
    import secretstorage

    with closing(secretstorage.dbus_init()) as connection:
        try:
            collection = secretstorage.Collection(connection)
        except secretstorage.exceptions.ItemNotFoundException:
            raise Trouble("locked", "there is no default keyring yet") from None
        if collection.is_locked():
            raise Trouble("locked")


def carry_out(request: Mapping[str, Any], keyring: Any) -> str | None:
    """Do what a request says; raises Trouble, or whatever the backend raises."""
    name = str(request.get("name", _PROBE))
    match request["do"]:
        case "get":
            if (value := keyring.get_password(SERVICE, name)) is None:
                raise Trouble("missing")
            return str(value)
        case "put":
            keyring.set_password(SERVICE, name, request["value"])
        case "drop":
            if keyring.get_password(SERVICE, name) is None:
                raise Trouble("missing")
            keyring.delete_password(SERVICE, name)
        case _:
            _round_trip(keyring)
    return None


def _round_trip(keyring: Any) -> None:
    value = os.urandom(8).hex()
    keyring.set_password(SERVICE, _PROBE, value)
    found = keyring.get_password(SERVICE, _PROBE)
    keyring.delete_password(SERVICE, _PROBE)
    if found != value:
        raise Trouble("failed", "what it gave back is not what it was given")


def answer(
    request: Mapping[str, Any],
    platform: str = sys.platform,
    find: Callable[[str], Iterator[Backend]] = backends,
    lock: Callable[[Any], None] = look_at_lock,
) -> dict[str, str | None]:
    """Answer one request."""
    backend = next(find(platform), None)
    if backend is None:
        return {"trouble": "absent", "detail": "", "backend": None}
    if platform == "win32" and len(request.get("value", "")) > LONGEST_ON_WINDOWS:
        detail = f"Windows keeps at most {LONGEST_ON_WINDOWS} characters"
        return {"trouble": "refused", "detail": detail, "backend": backend.name}
    try:
        if not request.get("prompt"):
            lock(backend.keyring)
        return {"value": carry_out(request, backend.keyring), "backend": backend.name}
    except Trouble as trouble:
        return {"trouble": trouble.kind, "detail": trouble.detail, "backend": backend.name}
    except Exception as error:  # noqa: BLE001 (every backend has its own errors; their texts may hold the request)
        kind = "locked" if type(error).__name__ in {"KeyringLocked", "LockedException"} else "failed"
        return {"trouble": kind, "detail": type(error).__name__, "backend": backend.name}


def _find_bus(environ: "os._Environ[str]") -> None:
    """Name the session's bus where only its socket tells of it."""
    socket = Path(environ.get("XDG_RUNTIME_DIR", "/nowhere"), "bus")
    if "DBUS_SESSION_BUS_ADDRESS" not in environ and socket.exists():
        environ["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={socket}"


def main() -> int:
    """Be the helper, between descriptors 0 and 1."""
    faulthandler.dump_traceback_later(GIVE_UP_SECONDS, exit=True, file=_STDERR)
    _find_bus(os.environ)
    with os.fdopen(0, "rb", closefd=False) as questions, os.fdopen(1, "wb", closefd=False) as answers:
        answers.write(json.dumps(answer(json.loads(questions.read()))).encode())
    return 0
