from dataclasses import replace
from pathlib import Path

import pytest

from alarms import FULL, HOT, MAKE, Desk
from traybeat.alerts.watch import Standing, Subject
from traybeat.model.alert import Alert, State


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_an_alert_that_fires_is_written_down_with_all_that_is_known(desk: Desk) -> None:
    found = desk.begin(FULL, 0.97, mountpoint="/home", device="sda1")
    assert (found.rule, found.name, found.severity, found.state) == ("full", "Disk full", "critical", "firing")
    assert (found.labels, found.processes) == ((("mountpoint", "/home"), ("device", "sda1")), (MAKE,))
    assert (found.value, found.worst, found.operator, found.threshold) == (0.97, 0.97, ">", 0.95)
    assert (found.triggered_at, found.resolved_at, found.text) == (desk.now, None, "Disk full: 97 % on box")


def test_an_alert_that_ends_keeps_its_worst_value(desk: Desk) -> None:
    begun = desk.begin()
    key = ("hot", ())
    desk.standing[key] = desk.standing[key]._replace(alert=replace(desk.standing[key].alert, worst=0.99))
    desk.finish(value=0.4)
    found = desk.history.get(begun.id)
    assert found is not None
    assert (found.state, found.resolved_at, found.worst, found.last, found.gone) == (
        "resolved",
        desk.now,
        0.99,
        0.4,
        False,
    )


def test_an_alert_whose_series_is_gone_says_so(desk: Desk) -> None:
    begun = desk.begin()
    desk.finish(gone=True)
    found = desk.history.get(begun.id)
    assert found is not None
    assert (found.state, found.gone) == ("resolved", True)


def test_what_is_to_be_told_is_written_with_it_for_every_channel(desk: Desk) -> None:
    begun = desk.begin()
    assert [(one.channel, one.event, one.state) for one in begun.deliveries] == [
        ("email", "triggered", "waiting"),
        ("slack", "triggered", "waiting"),
    ]


def test_a_rule_may_name_its_channels_and_those_not_set_up_are_left_out(desk: Desk) -> None:
    begun = desk.begin(replace(HOT, channels=("slack", "pager", "slack")))
    assert [one.channel for one in begun.deliveries] == ["slack"]
    assert desk.begin(replace(FULL, channels=())).deliveries == ()


def test_how_far_each_watch_has_come_survives_a_restart(desk: Desk, tmp_path: Path) -> None:
    standings = (
        Standing("a", Subject("m", (("x", "1"),), "cpu"), Alert(State.PENDING, 12.5, 99.0, 0.7)),
        Standing("b", Subject("m", (), "disk"), Alert(State.RESOLVED, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0)),
    )
    desk.records.write([], standings, desk.now, 0)
    assert Desk(tmp_path).records.load() == standings


def test_a_firing_alert_follows_its_standing(desk: Desk) -> None:
    begun = desk.begin()
    one = desk.standing["hot", ()]
    unknown = one._replace(alert=replace(one.alert, state=State.UNKNOWN, worst=0.98, value=0.91))
    desk.records.write([], [unknown], desk.now, 0)
    found = desk.history.get(begun.id)
    assert found is not None
    assert (found.state, found.worst, found.last) == ("unknown", 0.98, 0.91)


def test_alerts_of_which_no_standing_is_left_are_ended(desk: Desk) -> None:
    desk.begin(HOT)
    desk.begin(FULL, mountpoint="/")
    desk.records.lose([desk.standing["hot", ()]], desk.now, 0)
    assert [one.rule for one in desk.history.active()] == ["hot"]
    assert [one.rule for one in desk.records.load()] == ["hot"]


def test_an_alert_that_fires_while_one_of_its_kind_is_open_ends_that_one(desk: Desk) -> None:
    first = desk.begin()
    second = desk.begin()
    assert [one.id for one in desk.history.active()] == [second.id]
    assert first.id != second.id


def test_an_end_of_what_never_began_is_nothing(desk: Desk) -> None:
    desk.begin()
    desk.journal.write(lambda db: db.execute("DELETE FROM alerts"))
    desk.finish()
    assert desk.history.active() == ()


def test_control_characters_in_labels_do_not_reach_the_text(desk: Desk) -> None:
    assert "\n" not in desk.begin(replace(HOT, message="a\nb {labels}"), name="x\x1b[31m").text
