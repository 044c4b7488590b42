"""Loads the settings: the file, then the environment over it."""

import logging
import stat
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from traybeat.host.document import MOST_BYTES, WHOLE, DamagedError, Document, parse
from traybeat.host.files import Signature, copy_aside, signature, write_private
from traybeat.host.logs import fields
from traybeat.host.validation import validate
from traybeat.model.errors import Fault, WrongSettingsError
from traybeat.model.settings import Settings
from traybeat.settings.environment import overrides
from traybeat.settings.template import default_file
from traybeat.settings.tree import Schema

COPIES = 5

_log = logging.getLogger("traybeat.settings")


class UnreadableError(DamagedError):
    """The operating system refuses the file; it may give it a moment later."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings as they were loaded.

    `overridden` names those that the environment gave. `notice` is something to tell the user that is no fault.
    `signature` is the file's, looked at before it was read; None where there was none.
    """

    settings: Settings
    overridden: tuple[str, ...] = ()
    notice: str | None = None
    signature: Signature | None = None


def read(path: Path, environ: Mapping[str, str], schema: Schema) -> Loaded:
    """Read the settings and write nothing; where there is no file, all but the environment's are defaults.

    Raises WrongSettingsError with every fault; DamagedError, a kind of it, where the file is not even YAML.
    """
    looked = signature(path)
    content = None if looked is None else _content(path)
    return _understood(content, looked, environ, schema)


def load(path: Path, environ: Mapping[str, str], schema: Schema, wall: Callable[[], float] = time.time) -> Loaded:
    """Read the settings as a start does: write the default file where there is none; raises as `reload` does."""
    if signature(path) is None:
        return _first(path, environ, schema)
    return reload(path, environ, schema, wall)


def reload(path: Path, environ: Mapping[str, str], schema: Schema, wall: Callable[[], float]) -> Loaded:
    """Read the settings and keep a copy of the file where it is damaged; raises as `read` does.

    `wall` gives Unix time, for the copy's name.
    """
    looked = signature(path)
    content = _content(path)
    try:
        return _understood(content, looked, environ, schema)
    except DamagedError:
        _keep(path, content, wall())
        raise


def understand(content: bytes, environ: Mapping[str, str], schema: Schema) -> Loaded:
    """Read what is to become the settings file; raises WrongSettingsError with every fault."""
    return _understood(content, None, environ, schema)


def _first(path: Path, environ: Mapping[str, str], schema: Schema) -> Loaded:
    loaded = _understood(None, None, environ, schema)
    try:
        write_private(path, default_file(schema).encode())
    except OSError as error:
        reason = error.strerror or error
        return replace(
            loaded, notice=f"no settings file: {path} can't be written ({reason}); the defaults are in force"
        )
    _log.info("settings file written", extra=fields(path=path))
    return replace(loaded, signature=signature(path))


def _content(path: Path) -> bytes:
    try:
        # A pipe or a device in the file's place would block or never end.
        if not stat.S_ISREG(path.stat().st_mode):
            raise _unreadable("something that is no file")
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise _unreadable(f"no way to read it ({error.strerror or type(error).__name__})") from None


def _unreadable(found: str) -> UnreadableError:
    return UnreadableError((Fault(WHOLE, found, "a file that Traybeat may read"),))


def _understood(content: bytes | None, looked: Signature | None, environ: Mapping[str, str], schema: Schema) -> Loaded:
    document = Document() if content is None else parse(content)
    values, faults = validate(document, schema)
    above = overrides(environ, schema)
    if faults or above.faults:
        raise WrongSettingsError(faults + above.faults)
    overridden = tuple(schema.told(path) for path in above.values)
    return Loaded(schema.build({**values, **above.values}), overridden, signature=looked)


def _keep(path: Path, content: bytes, wall: float) -> None:
    """Keep a damaged file's content before anybody mends or deletes it; the file itself stays as it is."""
    try:
        copy = copy_aside(path, content, wall, COPIES)
    except OSError as error:
        _log.warning("settings copy failed", extra=fields(path=path, error=error))
        return
    if copy is not None:
        _log.warning("settings damaged", extra=fields(path=path, copy=copy))
