from datetime import UTC, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarms import Desk
from traybeat.alerts.silence import QuietHours, Snooze, tomorrow

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = QuietHours(time(22), time(7))
DAY = QuietHours(time(9), time(17, 30))


def at(text: str, zone: ZoneInfo = BERLIN, fold: int = 0) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).timestamp()


def shown(now: float | None, zone: ZoneInfo = BERLIN) -> str | None:
    return None if now is None else datetime.fromtimestamp(now, zone).isoformat(timespec="minutes")


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2024-05-01T21:59", None),
        ("2024-05-01T22:00", "2024-05-02T07:00+02:00"),
        ("2024-05-01T23:59", "2024-05-02T07:00+02:00"),
        ("2024-05-02T00:00", "2024-05-02T07:00+02:00"),
        ("2024-05-02T06:59", "2024-05-02T07:00+02:00"),
        ("2024-05-02T07:00", None),
    ],
)
def test_a_night_reaches_across_midnight(now: str, until: str | None) -> None:
    assert shown(NIGHT.until("warning", at(now), BERLIN)) == until


@pytest.mark.parametrize(
    ("now", "until"),
    [("2024-05-01T08:59", None), ("2024-05-01T09:00", "2024-05-01T17:30+02:00"), ("2024-05-01T17:30", None)],
)
def test_quiet_hours_may_lie_within_a_day(now: str, until: str | None) -> None:
    assert shown(DAY.until("warning", at(now), BERLIN)) == until


def test_the_night_in_which_summer_time_begins_is_an_hour_shorter() -> None:
    until = NIGHT.until("info", at("2024-03-30T22:00"), BERLIN)
    assert shown(until) == "2024-03-31T07:00+02:00"
    assert until == at("2024-03-30T22:00") + 8 * 3600


def test_the_night_in_which_summer_time_ends_is_an_hour_longer() -> None:
    until = NIGHT.until("info", at("2024-10-26T22:00"), BERLIN)
    assert until == at("2024-10-26T22:00") + 10 * 3600


def test_an_end_that_comes_twice_ends_the_hour_in_which_it_lies() -> None:
    hours = QuietHours(time(22), time(2, 30))
    first, second = at("2024-10-27T02:30"), at("2024-10-27T02:30", fold=1)
    assert hours.until("info", at("2024-10-27T02:10"), BERLIN) == first
    assert hours.until("info", at("2024-10-27T02:10", fold=1), BERLIN) == second


def test_an_end_that_does_not_exist_still_ends() -> None:
    hours = QuietHours(time(22), time(2, 30))
    until = hours.until("info", at("2024-03-31T01:50"), BERLIN)
    assert until is not None
    assert until > at("2024-03-31T01:50")
    assert hours.until("info", until, BERLIN) is None


@given(
    st.floats(1.6e9, 1.8e9),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]),
    st.times(),
    st.times(),
)
def test_quiet_hours_always_end_within_two_days(now: float, zone: str, start: time, end: time) -> None:
    until = QuietHours(start, end).until("warning", now, ZoneInfo(zone))
    assert until is None or now < until <= now + 26 * 3600


@pytest.mark.parametrize(("severity", "quiet"), [("info", True), ("warning", True), ("critical", False)])
def test_what_is_critical_passes(severity: str, quiet: bool) -> None:
    assert (NIGHT.until(severity, at("2024-05-01T23:00"), BERLIN) is not None) is quiet  # type: ignore[arg-type]


def test_the_machines_own_zone_is_used_where_none_is_named() -> None:
    now = datetime(2024, 5, 1, 23, 0).timestamp()  # noqa: DTZ001 (the machine's own zone is meant)
    assert NIGHT.until("warning", now) == datetime(2024, 5, 2, 7, 0).timestamp()  # noqa: DTZ001


def test_tomorrow_begins_at_eight() -> None:
    assert shown(tomorrow(at("2024-05-01T23:30"), BERLIN)) == "2024-05-02T08:00+02:00"
    assert shown(tomorrow(at("2024-03-30T09:00"), BERLIN)) == "2024-03-31T08:00+02:00"
    assert datetime.fromtimestamp(tomorrow(0, UTC), UTC).isoformat() == "1970-01-02T08:00:00+00:00"


def test_a_snooze_covers_all_a_rule_or_a_severity(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    until = desk.now + 3600
    for snooze, covered in [
        (Snooze("all", "", until), {("hot", "info"), ("hot", "critical"), ("full", "info")}),
        (Snooze("rule", "hot", until), {("hot", "info"), ("hot", "critical")}),
        (Snooze("severity", "info", until), {("hot", "info"), ("full", "info")}),
    ]:
        assert {
            (rule, severity)
            for rule, severity in (("hot", "info"), ("hot", "critical"), ("full", "info"))
            if snooze.covers(rule, severity)  # type: ignore[arg-type]
        } == covered


def test_snoozes_are_kept_until_they_end(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.snoozes.put(Snooze("rule", "hot", desk.now + 10))
    desk.snoozes.put(Snooze("rule", "hot", desk.now + 3600))
    again = Desk(tmp_path)
    assert again.silence.until("hot", "warning", again.now) == again.now + 3600
    assert again.silence.until("hot", "warning", again.now + 3600) is None
    again.snoozes.drop("rule", "hot")
    assert again.silence.until("hot", "warning", again.now) is None


def test_the_longer_of_a_snooze_and_the_quiet_hours_counts(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.silence.quiet_hours = QuietHours(time(0), time(23, 59, 59))
    desk.snoozes.put(Snooze("all", "", desk.now + 2 * 86_400))
    assert desk.silence.until("hot", "warning", desk.now) == desk.now + 2 * 86_400
    desk.snoozes.drop("all")
    until = desk.silence.until("hot", "warning", desk.now)
    assert until is not None
    assert until < desk.now + 86_400
