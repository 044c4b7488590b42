"""The settings while the program runs: follows the file, and hands what it says to the parts that live by it."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event, Lock

from traybeat.host.document import parse
from traybeat.host.editing import Change, edit
from traybeat.host.files import signature, write_private
from traybeat.host.logs import fields
from traybeat.model.errors import Fault, TraybeatError, WrongSettingsError
from traybeat.model.service import Clock, Listener
from traybeat.model.settings import Settings
from traybeat.settings.loader import Loaded, UnreadableError, reload, understand
from traybeat.settings.template import default_file
from traybeat.settings.tree import Schema

POLL_SECONDS = 1.0
GONE = "the settings file is gone; the settings loaded from it stay in force"

_log = logging.getLogger("traybeat.settings")


@dataclass(frozen=True, slots=True)
class State:
    """Which settings are in force.

    `loaded_at` is Unix time, `overridden` names the settings that the environment gives, `faults` are those of an
    edit that was not taken on, `notice` is something to tell the user that is no fault.
    """

    path: str
    loaded_at: float
    overridden: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    notice: str | None = None


class LiveSettings:
    """Looks at the file every second; once it has changed and then rested for a look, loads it and applies it.

    Either every listener agrees to the new settings and all of them take them on, or nothing changes at all.
    """

    name = "settings"

    def __init__(
        self,
        path: Path,
        environ: Mapping[str, str],
        schema: Schema,
        loaded: Loaded,
        listeners: Sequence[Listener],
        clock: Clock,
        edit: Callable[[str, Sequence[Change]], str] = edit,
    ) -> None:
        self._path = path
        self._file = str(path)
        self._environ = environ
        self._schema = schema
        self._listeners = listeners
        self._clock = clock
        self._seen = self._handled = loaded.signature
        self._again = False
        self._edit = edit
        self._lock = Lock()
        self._current = loaded.settings
        self._state = State(self._file, clock.wall(), loaded.overridden, notice=loaded.notice)

    @property
    def current(self) -> Settings:
        """The settings in force."""
        return self._current

    @property
    def state(self) -> State:
        """How the settings and their file are; from any thread."""
        return self._state

    def run(self, stop: Event) -> None:
        """Follow the file until told to stop."""
        while not stop.wait(POLL_SECONDS):
            self.tick()

    def tick(self) -> None:
        """Look at the file once; what changed since the look before may still be being written, and waits."""
        with self._lock:
            found = signature(self._file)
            if found != self._seen:
                self._seen = found
            elif found != self._handled or self._again:
                self._handled = found
                self._again = False
                self._follow()

    def change(self, changes: Sequence[Change]) -> None:
        """Write some settings to the file and take them on; what people wrote beside them stays.

        Raises WrongSettingsError where anybody can't live with them, TraybeatError where the file can't be written;
        then nothing has changed.
        """
        with self._lock:
            content = self._edit(self._text(), changes).encode()
            loaded = understand(content, self._environ, self._schema)
            if faults := self.check(loaded.settings):
                raise WrongSettingsError(faults)
            try:
                write_private(self._path, content)
            except OSError as error:
                raise TraybeatError(f"{self._path} can't be written: {error.strerror or error}") from None
            self._seen = self._handled = signature(self._file)
            self._again = False
            self._take(loaded)

    def _text(self) -> str:
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return default_file(self._schema)
        except OSError as error:
            raise TraybeatError(f"{self._path} can't be read: {error.strerror or error}") from None
        parse(content)
        return content.decode("utf-8-sig")

    def check(self, new: Settings) -> tuple[Fault, ...]:
        """Ask every listener what of the new settings it can't live with."""
        return tuple(fault for listener in self._listeners for fault in _checked(listener, new))

    def _follow(self) -> None:
        if self._handled is None:
            self._lose()
            return
        try:
            loaded = reload(self._path, self._environ, self._schema, self._clock.wall)
        except WrongSettingsError as error:
            # What the system refuses now, as Windows does while an editor writes, it may give at the next look.
            self._again = isinstance(error, UnreadableError)
            self._reject(error.faults)
        else:
            self._take(loaded)

    def _lose(self) -> None:
        _log.warning("settings file gone", extra=fields(path=self._file))
        self._state = replace(self._state, faults=(), notice=GONE)

    def _reject(self, faults: tuple[Fault, ...]) -> None:
        if faults != self._state.faults:
            _log.warning("settings rejected", extra=fields(path=self._file, faults=len(faults), kind=str(faults[0])))
        self._state = replace(self._state, faults=faults, notice=None)

    def _take(self, loaded: Loaded) -> None:
        old, new = self._current, loaded.settings
        if new != old and (faults := self.check(new)):
            self._reject(faults)
            return
        if self._state.faults or self._state.notice:
            _log.info("settings mended", extra=fields(path=self._file))
        notice = None if new == old else self._apply(old, new)
        self._state = State(self._file, self._clock.wall(), loaded.overridden, notice=notice)

    def _apply(self, old: Settings, new: Settings) -> str | None:
        """Hand the new settings to every listener; gives a notice where one failed."""
        self._current = new
        failed = [type(listener).__name__ for listener in self._listeners if not _applied(listener, old, new)]
        _log.info("settings applied", extra=fields(changed=", ".join(self._schema.changes(old, new))))
        if failed:
            return f"not everything could take the new settings on ({', '.join(failed)}); start Traybeat again"
        return None


def _checked(listener: Listener, new: Settings) -> Sequence[Fault]:
    try:
        return listener.check(new)
    except Exception as error:  # noqa: BLE001 (one part's mistake must not stop the others)
        part = type(listener).__name__
        _log.exception("settings check failed", extra=fields(part=part))
        return (Fault(part, f"an error while checking ({type(error).__name__})", "none; the log tells more"),)


def _applied(listener: Listener, old: Settings, new: Settings) -> bool:
    try:
        listener.apply(old, new)
    except Exception:  # noqa: BLE001 (one part's mistake must not stop the others)
        _log.exception("settings not taken on", extra=fields(part=type(listener).__name__))
        return False
    return True
