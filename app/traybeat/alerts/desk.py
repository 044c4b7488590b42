"""The rules file, written: one rule at a time, and what people wrote beside stays."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, asdict, fields
from pathlib import Path
from typing import Any

from traybeat.alerts.draft import draft
from traybeat.alerts.rules import Known, read
from traybeat.alerts.starter import RULES
from traybeat.host.editing import Change, edit
from traybeat.host.files import write_private
from traybeat.model.alert import Reduction, Rule
from traybeat.model.errors import TraybeatError

Edit = Callable[[str, Sequence[Change]], str]


class RuleExistsError(TraybeatError):
    """The id is taken."""


class NoSuchRuleError(TraybeatError):
    """No rule has that id."""


class RulesDesk:
    """Changes rules.yaml; who follows the file takes it on. Raises WrongSettingsError where the file has faults."""

    def __init__(self, path: Path, known: Known, edit: Edit = edit) -> None:
        self._path = path
        self._known = known
        self._edit = edit
        self._lock = threading.Lock()

    def check(self, values: Any) -> Rule:
        """Read a rule as the file would be read; raises WrongSettingsError."""
        return draft(values, self._known)

    def add(self, values: Any) -> Rule:
        """Write a new rule; raises RuleExistsError."""
        rule = self.check(values)
        with self._lock:
            text, rules = self._read()
            if any(one.id == rule.id for one in rules):
                raise RuleExistsError(f"there is a rule {rule.id!r} already")
            self._write(text, (Change((len(rules),), plain(rule)),))
        return rule

    def replace(self, rule_id: str, values: Any) -> Rule:
        """Write a rule in another's place; raises NoSuchRuleError, or RuleExistsError for a new id that is taken."""
        rule = self.check(values)
        with self._lock:
            text, rules = self._read()
            place = _place(rules, rule_id)
            if rule.id != rule_id and any(one.id == rule.id for one in rules):
                raise RuleExistsError(f"there is a rule {rule.id!r} already")
            self._write(text, (Change((place,), plain(rule)),))
        return rule

    def remove(self, rule_id: str) -> None:
        """Take a rule out; raises NoSuchRuleError."""
        with self._lock:
            text, rules = self._read()
            self._write(text, (Change((_place(rules, rule_id),), gone=True),))

    def _read(self) -> tuple[str, tuple[Rule, ...]]:
        try:
            text = self._path.read_bytes()
        except FileNotFoundError:
            text = RULES.encode()
        except OSError as error:
            raise TraybeatError(f"{self._path} can't be read: {error.strerror or error}") from None
        return text.decode("utf-8-sig"), read(text, self._known)

    def _write(self, text: str, changes: Sequence[Change]) -> None:
        new = self._edit(text, changes).encode()
        read(new, self._known)  # what we write can be read again, or it is not written
        try:
            write_private(self._path, new)
        except OSError as error:
            raise TraybeatError(f"{self._path} can't be written: {error.strerror or error}") from None


def plain(rule: Rule) -> Mapping[str, Any]:
    """Give a rule as it stands in the file: what is as it would be anyway is left out."""
    found: dict[str, Any] = {}
    for field in fields(Rule):
        value = getattr(rule, field.name)
        if field.name not in {"id", "metric"} and value == _default(field):
            continue
        if isinstance(value, Reduction):
            value = {key: part for key, part in asdict(value).items() if part != getattr(Reduction(), key)}
        found[field.name] = _tidy(value)
    return found


def _default(field: Any) -> Any:
    return field.default if field.default is not MISSING else field.default_factory()


def _tidy(value: Any) -> Any:
    """Write 5.0 as 5, and tuples as lists."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:  # noqa: PLR2004 (exact as an integer)
        return int(value)
    if isinstance(value, Mapping):
        return {key: _tidy(part) for key, part in value.items()}
    return [_tidy(part) for part in value] if isinstance(value, tuple) else value


def _place(rules: Sequence[Rule], rule_id: str) -> int:
    for place, rule in enumerate(rules):
        if rule.id == rule_id:
            return place
    raise NoSuchRuleError(f"there is no rule {rule_id!r}")
