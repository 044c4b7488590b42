"""The rules while the program runs: follows the file, and keeps the last good rules in force."""

import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from traybeat.alerts.rules import Known, read
from traybeat.alerts.starter import RULES
from traybeat.host.document import MOST_BYTES, WHOLE, DamagedError
from traybeat.host.files import copy_aside, signature, write_private
from traybeat.host.logs import fields
from traybeat.model.alert import Rule
from traybeat.model.errors import Fault, WrongSettingsError

COPIES = 5
GONE = "the rules file is gone; the rules loaded from it stay in force"

log = logging.getLogger("traybeat.rules")


@dataclass(frozen=True, slots=True)
class RulesState:
    """Which rules are in force. `faults` are those of an edit that was not taken on; `loaded_at` is Unix time."""

    path: str
    loaded_at: float
    rules: int
    faults: tuple[Fault, ...] = ()
    notice: str | None = None


class Rulebook:
    """The rules file. `wall` gives Unix time; `known` is what rules may name."""

    def __init__(self, path: Path, known: Known, wall: Callable[[], float]) -> None:
        self._path = path
        self._known = known
        self._wall = wall
        self._seen = self._handled = signature(path)
        self.rules: tuple[Rule, ...] = ()
        self.state = RulesState(str(path), wall(), 0)

    def load(self) -> tuple[Rule, ...]:
        """Read the rules as a start does, writing the starter rules where there is no file.

        Raises WrongSettingsError.
        """
        notice = self._begin() if self._seen is None else None
        content = RULES.encode() if self._seen is None else self._content()
        self._take(self._read(content))
        self.state = replace(self.state, notice=notice)
        return self.rules

    def poll(self) -> tuple[Rule, ...] | None:
        """Look at the file once; give its rules where they are new and right.

        What changed since the look before may still be being written, and waits for the next.
        """
        found = signature(self._path)
        if found != self._seen:
            self._seen = found
            return None
        if found == self._handled:
            return None
        self._handled = found
        if found is None:
            log.warning("rules file gone", extra=fields(path=self._path))
            self.state = replace(self.state, faults=(), notice=GONE)
            return None
        return self._follow()

    def _follow(self) -> tuple[Rule, ...] | None:
        try:
            rules = self._read(self._content())
        except WrongSettingsError as wrong:
            log.warning("rules rejected", extra=fields(path=self._path, faults=len(wrong.faults)))
            self.state = replace(self.state, faults=wrong.faults, notice=None)
            return None
        changed = rules != self.rules
        self._take(rules)
        log.info("rules taken on", extra=fields(path=self._path, rules=len(rules)))
        return rules if changed else None

    def _take(self, rules: tuple[Rule, ...]) -> None:
        self.rules = rules
        self.state = RulesState(str(self._path), self._wall(), len(rules))

    def _begin(self) -> str | None:
        try:
            write_private(self._path, RULES.encode())
        except OSError as error:
            reason = error.strerror or error
            return f"no rules file: {self._path} can't be written ({reason}); the starter rules are in force"
        self._handled = signature(self._path)
        log.info("rules file written", extra=fields(path=self._path))
        return None

    def _content(self) -> bytes:
        try:
            if not self._path.is_file():
                raise _unreadable("something that is no file")
            with self._path.open("rb") as file:
                return file.read(MOST_BYTES + 1)
        except OSError as error:
            raise _unreadable(f"no way to read it ({error.strerror or type(error).__name__})") from None

    def _read(self, content: bytes) -> tuple[Rule, ...]:
        try:
            return read(content, self._known)
        except DamagedError:
            with contextlib.suppress(OSError):
                copy_aside(self._path, content, self._wall(), COPIES)
            raise


def _unreadable(found: str) -> WrongSettingsError:
    return WrongSettingsError((Fault(WHOLE, found, "a file that Traybeat may read"),))
