"""`traybeat secret`: keeps secrets in the operating system's keyring. A value never stands on the command line."""

import getpass
import os
import sys
from argparse import Namespace
from collections.abc import Mapping

from traybeat.host.paths import Paths
from traybeat.host.secrets import variable
from traybeat.host.vault import Keyring, NoKeyringError, reachable
from traybeat.model.errors import SecretMissingError, TraybeatError
from traybeat.model.service import Secret

DONE, FAILED = 0, 1
_LONGEST_INPUT = 70_000


def secret(paths: Paths, options: Namespace, environ: Mapping[str, str] = os.environ) -> int:
    """Set, delete or list; gives the exit code. The system may ask for the keyring to be unlocked."""
    keyring = Keyring(paths.secret_names, there=reachable(environ), patient=True)
    try:
        return _carry_out(keyring, options)
    except NoKeyringError as error:
        name = variable(options.name) if options.name else None
        instead = f"; set {name}, or {name}_FILE to the path of a file, for Traybeat instead" if name else ""
        print(f"{error}{instead}", file=sys.stderr)
    except TraybeatError as error:
        print(error, file=sys.stderr)
    return FAILED


def _carry_out(keyring: Keyring, options: Namespace) -> int:
    match options.action:
        case "set":
            keyring.put(options.name, _value(options.name))
            print(f"kept: {options.name}")
        case "delete":
            for name in keyring.names() if options.all else (options.name,):
                _drop(keyring, name, gone_is_fine=options.all)
                print(f"deleted: {name}")
        case _:
            for name in keyring.names():
                print(name)
    return DONE


def _drop(keyring: Keyring, name: str, *, gone_is_fine: bool) -> None:
    try:
        keyring.drop(name)
    except NoKeyringError:
        raise
    except SecretMissingError:
        if not gone_is_fine:
            raise


def _value(name: str) -> Secret:
    if sys.stdin is not None and sys.stdin.isatty():
        return Secret(getpass.getpass(f"Value of {name} (not shown): "))
    return Secret(sys.stdin.read(_LONGEST_INPUT).rstrip("\r\n") if sys.stdin else "")
