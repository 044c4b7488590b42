from dataclasses import replace

from alerts.test_backtest import HOT, Archive, hot_between, stretch, wave
from traybeat.alerts.backtest import MOST_MISSES, backtest
from traybeat.alerts.miss import Miss

PATIENT = replace(HOT, for_duration_minutes=5)
LABELS = (("core", "0"),)


def test_what_held_for_too_short_a_time_is_a_near_miss() -> None:
    report = backtest(PATIENT, Archive(wave(hot_between(600, 840))), 0, 3600)
    assert report.firings == ()
    assert report.misses == (Miss(LABELS, 600, 838, 238, 0.95, "short"),)


def test_what_held_for_less_than_half_of_it_was_not_near() -> None:
    assert backtest(PATIENT, Archive(wave(hot_between(600, 740))), 0, 3600).misses == ()


def test_what_fired_or_may_still_fire_was_not_missed() -> None:
    report = backtest(PATIENT, Archive(wave(hot_between(600, 1200))), 0, 3600)
    assert (len(report.firings), report.misses) == (1, ())
    assert backtest(PATIENT, Archive(wave(hot_between(3400, 9999))), 0, 3600).misses == ()


def test_a_sleep_that_made_it_begin_again_is_told() -> None:
    before, after = [n * 2.0 for n in range(120)], [3000 + n * 2.0 for n in range(20)]
    archive = Archive(stretch([*before, *after], [0.95] * 140), silent=(240, 3000))
    (miss,) = backtest(PATIENT, archive, 0, 3600).misses
    assert (miss.ended_at, miss.observed, miss.reason) == (238, 238, "asleep")


def test_what_came_too_soon_after_the_last_alert_is_told() -> None:
    rule = replace(HOT, cooldown_minutes=30)
    report = backtest(rule, Archive(wave(lambda then: 0.95 if then % 1000 < 200 else 0.2)), 0, 3600)
    assert len(report.firings) == 2
    assert [(one.began_at, one.reason) for one in report.misses] == [(1000, "cooldown"), (3000, "cooldown")]


def test_the_nearest_are_kept_where_there_are_too_many() -> None:
    def level(then: float) -> float:
        return 0.95 if then % 100 < (50 if 5000 <= then < 5100 else 40) else 0.2

    found = backtest(HOT, Archive(wave(level, 20_000), until=20_000), 0, 20_000).misses
    assert len(found) == MOST_MISSES
    assert 48 in {one.observed for one in found}
    assert [one.began_at for one in found] == sorted(one.began_at for one in found)
