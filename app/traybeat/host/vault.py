"""Where secrets come from, and where they are kept: the environment and files first, then the keyring.

The keyring is asked by a helper process, since the library for it takes more memory than all the rest of a collector,
and since a keyring that is locked may never answer.
"""

import contextlib
import json
import re
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from traybeat.host import spawn
from traybeat.host.files import write_private
from traybeat.host.secrets import EnvironmentSecrets, variable
from traybeat.model.errors import SecretMissingError, SecretRefusedError, SecretsUnavailableError
from traybeat.model.service import Secret, Secrets

SECONDS = 5.0
PATIENT_SECONDS = 90.0
LONGEST_VALUE = 65_536
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
ENVIRONMENT = (
    *("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "XDG_CURRENT_DESKTOP", "XDG_DATA_HOME"),
    *("DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "LOCALAPPDATA", "LANG"),
)
_HELPER = "keyring"
_NO_KEYRING = "there is no keyring here"
_LOCKED = "the keyring is locked; unlock it (logging in to the desktop does), and this goes on by itself"

Converse = Callable[[bytes, float], bytes]


class NoKeyringError(SecretMissingError):
    """No keyring can be reached from here."""


class Report(NamedTuple):
    """What the keyring's round trip gave: the backend's name, and what is wrong, if anything."""

    backend: str | None
    problem: str | None


def converse(request: bytes, seconds: float) -> bytes:
    """Ask the helper."""
    return spawn.converse(spawn.helper_command(_HELPER), request, seconds, ENVIRONMENT)


def reachable(environ: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Say whether there may be a keyring at all, without asking; on Linux there is none without a session's bus."""
    if platform != "linux":
        return True
    runtime = environ.get("XDG_RUNTIME_DIR")
    return "DBUS_SESSION_BUS_ADDRESS" in environ or bool(runtime and Path(runtime, "bus").exists())


class Keyring:
    """The operating system's keyring, and a list of the names that it keeps for us.

    `patient` lets the system ask somebody to unlock it, and waits for that.
    """

    def __init__(self, index: Path, *, there: bool, patient: bool = False, converse: Converse = converse) -> None:
        self._index = index
        self._patient = patient
        self._converse = converse
        self.there = there

    def get(self, name: str) -> Secret:
        """Look a secret up."""
        value = self._ask("get", name=_fit(name)).get("value")
        return Secret(str(value))

    def put(self, name: str, value: Secret) -> None:
        """Keep a secret."""
        told = value.reveal()
        if not told or len(told) > LONGEST_VALUE or "\0" in told:
            raise SecretRefusedError(f"a secret needs at least one character, and at most {LONGEST_VALUE}")
        self._ask("put", name=_fit(name), value=told)
        self._note({*self.names(), name})

    def drop(self, name: str) -> None:
        """Forget a secret."""
        try:
            self._ask("drop", name=_fit(name))
        finally:
            self._note({*self.names()} - {name})

    def names(self) -> tuple[str, ...]:
        """Name what was put, from the list."""
        with contextlib.suppress(OSError, ValueError):
            found = json.loads(self._index.read_bytes())
            if isinstance(found, list):
                return tuple(sorted(name for name in found if isinstance(name, str) and NAME.fullmatch(name)))
        return ()

    def probe(self) -> Report:
        """Put, get and drop a value of no use, and say how that went."""
        try:
            return Report(self._ask("probe").get("backend"), None)
        except NoKeyringError:
            return Report(None, _NO_KEYRING)
        except SecretMissingError as error:
            return Report(None, str(error))

    def _note(self, names: set[str]) -> None:
        if names != {*self.names()}:
            with contextlib.suppress(OSError):  # the secret is kept all the same; only the list lacks its name
                write_private(self._index, json.dumps(sorted(names)).encode())

    def _ask(self, do: str, **details: str) -> Mapping[str, Any]:
        if not self.there:
            raise NoKeyringError(_NO_KEYRING)
        request = json.dumps({"do": do, "prompt": self._patient, **details}).encode()
        try:
            answer = json.loads(self._converse(request, PATIENT_SECONDS if self._patient else SECONDS))
        except (OSError, ValueError) as error:
            reason = "does not answer" if isinstance(error, TimeoutError) else "can't be asked"
            raise SecretsUnavailableError(f"the keyring {reason}; trying again later") from None
        if "trouble" in answer:
            raise _error(str(answer["trouble"]), str(answer.get("detail", "")), details.get("name", ""))
        return dict(answer)


def _fit(name: str) -> str:
    if not NAME.fullmatch(name):
        raise SecretRefusedError(
            "a secret's name has letters, digits, dots, dashes and underscores, at most 128 of them"
        )
    return name


def _error(kind: str, detail: str, name: str) -> Exception:
    more = f" ({detail})" if detail else ""
    match kind:
        case "absent":
            return NoKeyringError(_NO_KEYRING)
        case "missing":
            return SecretMissingError(f"the keyring has no secret {name!r}")
        case "refused":
            return SecretRefusedError(f"the secret {name!r} can't be kept: {detail}")
        case "locked":
            return SecretsUnavailableError(_LOCKED + more)
        case _:
            return SecretsUnavailableError(f"the keyring failed{more}; trying again later")


class Vault:
    """All sources as one. Where there is no keyring, what is put is held in memory until the program ends."""

    def __init__(self, environment: EnvironmentSecrets, keyring: Keyring) -> None:
        self._environment = environment
        self._keyring = keyring
        self._memory: dict[str, Secret] = {}
        self._guard = threading.Lock()
        self.quick: Secrets = Quick(environment, self._memory, keyring)

    def get(self, name: str) -> Secret:
        """Look a secret up: in the environment and its files, in memory, in the keyring."""
        try:
            return self.quick.get(name)
        except SecretsUnavailableError:
            pass
        try:
            return self._keyring.get(name)
        except SecretsUnavailableError as error:
            raise SecretsUnavailableError(f"the secret {name!r} can't be had now: {error}") from None
        except (SecretMissingError, SecretRefusedError):
            raise missing(name) from None

    def put(self, name: str, value: Secret) -> str | None:
        """Keep a secret."""
        try:
            self._keyring.put(name, value)
        except NoKeyringError:
            with self._guard:
                self._memory[_fit(name)] = value
            return f"{_NO_KEYRING}: the secret is kept in memory until Traybeat ends; {variable(name)} would last"
        return None

    def drop(self, name: str) -> None:
        """Forget a secret."""
        with self._guard:
            held = self._memory.pop(name, None)
        try:
            self._keyring.drop(name)
        except NoKeyringError:
            if held is None:
                raise missing(name) from None

    def names(self) -> tuple[str, ...]:
        """Name what is kept."""
        with self._guard:
            return tuple(sorted({*self._keyring.names(), *self._memory}))


class Quick:
    """What can be had at once; for the rest, SecretsUnavailableError says that the keyring has to be asked."""

    def __init__(self, environment: EnvironmentSecrets, memory: Mapping[str, Secret], keyring: Keyring) -> None:
        self._environment = environment
        self._memory = memory
        self._keyring = keyring

    def get(self, name: str) -> Secret:
        """Give a secret without asking the keyring."""
        if self._environment.knows(name):
            return self._environment.get(name)
        if (held := self._memory.get(name)) is not None:
            return held
        if not self._keyring.there:
            raise missing(name)
        raise SecretsUnavailableError(f"the secret {name!r} has to be asked of the keyring")


def missing(name: str) -> SecretMissingError:
    """Say how to supply a secret that is nowhere."""
    key = variable(name)
    return SecretMissingError(
        f"the secret {name!r} is not there: keep it with `traybeat secret set {name}`, or set {key}, "
        f"or {key}_FILE to the path of a file"
    )


def open_vault(index: Path, environ: Mapping[str, str], *, patient: bool = False) -> Vault:
    """Give the vault of this user."""
    return Vault(EnvironmentSecrets(environ), Keyring(index, there=reachable(environ), patient=patient))
