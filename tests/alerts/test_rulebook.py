import os
import stat
import sys
from pathlib import Path

import pytest

from traybeat.alerts.rulebook import Rulebook
from traybeat.alerts.rules import Known
from traybeat.alerts.starter import RULES
from traybeat.model.errors import WrongSettingsError

GOOD = "- {id: a, metric: m, threshold: 1}\n"
BETTER = "- {id: a, metric: m, threshold: 2}\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "rules.yaml"


def book(path: Path) -> Rulebook:
    return Rulebook(path, Known(), lambda: 1_700_000_000.0)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    beside = path.with_suffix(".new")
    beside.write_text(text, "utf-8")
    beside.replace(path)


def test_a_first_start_writes_the_starter_rules(path: Path) -> None:
    rulebook = book(path)
    assert len(rulebook.load()) == len(rulebook.rules) == rulebook.state.rules > 5
    assert path.read_text("utf-8") == RULES
    assert rulebook.poll() is None
    assert rulebook.poll() is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_the_file_is_for_its_owner_alone(path: Path) -> None:
    book(path).load()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_where_the_file_can_not_be_written_the_starter_rules_are_in_force(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("in the way")
    rulebook = book(tmp_path / "config" / "rules.yaml")
    assert rulebook.load()
    assert "can't be written" in (rulebook.state.notice or "")


def test_a_start_with_wrong_rules_raises_every_fault(path: Path) -> None:
    write(path, "- {id: a}\n")
    with pytest.raises(WrongSettingsError, match=r"a\.metric"):
        book(path).load()


def test_an_edit_is_taken_on_once_it_has_rested_for_a_look(path: Path) -> None:
    write(path, GOOD)
    rulebook = book(path)
    rulebook.load()
    write(path, BETTER)
    assert rulebook.poll() is None
    rules = rulebook.poll()
    assert rules is not None
    assert rules[0].threshold == 2
    assert rulebook.poll() is None


def test_a_wrong_edit_keeps_the_last_good_rules(path: Path) -> None:
    write(path, GOOD)
    rulebook = book(path)
    good = rulebook.load()
    write(path, "- {id: a, metric: m}\n")
    assert [rulebook.poll(), rulebook.poll()] == [None, None]
    assert rulebook.rules == good
    assert [fault.path for fault in rulebook.state.faults] == ["a.threshold"]
    write(path, GOOD)
    assert [rulebook.poll(), rulebook.poll()] == [None, None]
    assert rulebook.state.faults == ()


def test_a_damaged_file_is_kept_aside_and_never_overwritten(path: Path) -> None:
    write(path, GOOD)
    rulebook = book(path)
    rulebook.load()
    write(path, "- {id: a, metric:")
    rulebook.poll()
    rulebook.poll()
    assert path.read_text("utf-8") == "- {id: a, metric:"
    (copy,) = path.parent.glob("rules.yaml.damaged-*")
    assert copy.read_text("utf-8") == "- {id: a, metric:"


def test_a_file_that_goes_away_takes_no_rule_with_it(path: Path) -> None:
    write(path, GOOD)
    rulebook = book(path)
    rulebook.load()
    path.unlink()
    assert [rulebook.poll(), rulebook.poll()] == [None, None]
    assert len(rulebook.rules) == 1
    assert "is gone" in (rulebook.state.notice or "")


def test_what_is_no_file_is_told(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(WrongSettingsError, match="something that is no file"):
        book(path).load()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="permissions do not bind root")
def test_what_can_not_be_read_is_told(path: Path) -> None:
    write(path, GOOD)
    path.chmod(0)
    with pytest.raises(WrongSettingsError, match="no way to read it"):
        book(path).load()
