from pathlib import Path
from typing import Any

import pytest

from traybeat.alerts.desk import NoSuchRuleError, RuleExistsError, RulesDesk
from traybeat.alerts.rules import Known, read
from traybeat.host.editing import edited
from traybeat.model.errors import TraybeatError, WrongSettingsError

KNOWN = Known({"system_cpu_busy_ratio"}, {"desktop"})
RULE: dict[str, Any] = {"id": "hot", "metric": "system_cpu_busy_ratio", "threshold": 0.9}


@pytest.fixture
def desk(tmp_path: Path) -> RulesDesk:
    (tmp_path / "rules.yaml").write_text("# mine\n- {id: first, metric: node_load1, threshold: 5}\n", "utf-8")
    return RulesDesk(tmp_path / "rules.yaml", KNOWN, edited)


def test_a_rule_is_written_as_a_person_would(desk: RulesDesk, tmp_path: Path) -> None:
    full = {**RULE, "reduce": {"function": "avg", "window_minutes": 10}, "channels": ["desktop"], "severity": "warning"}
    rule = desk.add(full)
    text = (tmp_path / "rules.yaml").read_text("utf-8")
    assert text.startswith("# mine\n- {id: first")
    assert "severity" not in text  # it would be that anyway
    assert "window_minutes: 10\n" in text
    assert read(text.encode(), KNOWN)[1] == rule


def test_a_rule_is_changed_in_its_place_and_renamed(desk: RulesDesk, tmp_path: Path) -> None:
    desk.add(RULE)
    desk.replace("first", {"id": "second", "metric": "node_load1", "threshold": 6})
    assert [one.id for one in read((tmp_path / "rules.yaml").read_bytes())] == ["second", "hot"]
    with pytest.raises(RuleExistsError):
        desk.replace("second", RULE)
    with pytest.raises(NoSuchRuleError):
        desk.replace("first", RULE)
    desk.remove("second")
    with pytest.raises(NoSuchRuleError):
        desk.remove("second")


def test_a_wrong_rule_changes_nothing_and_names_its_fields(desk: RulesDesk, tmp_path: Path) -> None:
    before = (tmp_path / "rules.yaml").read_bytes()
    with pytest.raises(WrongSettingsError) as wrong:
        desk.add({**RULE, "channels": ["desktob"], "for_duration_minutes": -1})
    assert {fault.path for fault in wrong.value.faults} == {"channels", "for_duration_minutes"}
    with pytest.raises(RuleExistsError):
        desk.add({**RULE, "id": "first"})
    assert (tmp_path / "rules.yaml").read_bytes() == before


def test_a_file_with_faults_is_left_to_its_owner(desk: RulesDesk, tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("- id: broken\n", "utf-8")
    with pytest.raises(WrongSettingsError):
        desk.add(RULE)
    assert (tmp_path / "rules.yaml").read_text("utf-8") == "- id: broken\n"


def test_without_a_file_the_starter_rules_are_there(tmp_path: Path) -> None:
    RulesDesk(tmp_path / "rules.yaml", Known(), edited).add(RULE)
    assert read((tmp_path / "rules.yaml").read_bytes())[-1].id == "hot"


def test_a_file_that_can_not_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").mkdir()
    with pytest.raises(TraybeatError, match=r"rules\.yaml can't be read"):
        RulesDesk(tmp_path / "rules.yaml", Known(), edited).add(RULE)
