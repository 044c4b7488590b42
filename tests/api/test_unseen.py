from pathlib import Path

import msgspec

from histories import DAY, Kept
from traybeat.api.cache import Cache
from traybeat.api.route import Call, Reply
from traybeat.api.routes.metrics import History
from traybeat.api.types.metrics import Range, RangeQuery, Unseen
from traybeat.api.unseen import Gap, edges, explained, gaps
from traybeat.engine.monitor import RSS, SLEEP, START
from traybeat.store.query import Line
from traybeat.store.series import Series

HOUR = 3600.0


def line(*points: tuple[float, float], step: float = 10.0, gaps: tuple[int, ...] = ()) -> Line:
    times, values = [time for time, _ in points], [value for _, value in points]
    return Line(Series("m", {}, "", "", 0.0, 0.0), step, times, values, values, values, [1] * len(points), gaps)


def test_a_gap_of_the_heartbeat_is_told_and_a_short_one_is_not() -> None:
    beats = line((0, 1), (10, 1), (HOUR, 1), (HOUR + 50, 1), gaps=(2, 3))
    assert list(gaps([beats])) == [Gap(20.0, HOUR, 10.0)]


def test_a_sleep_of_that_length_explains_it() -> None:
    assert explained(Gap(20, HOUR, 10), [line((HOUR, HOUR - 30))], []) == Unseen(20, HOUR, "asleep")


def test_several_sleeps_together_explain_it_and_a_short_one_does_not() -> None:
    sleeps = [line((HOUR / 2, HOUR * 0.3), (HOUR, HOUR * 0.3))]
    assert explained(Gap(20, HOUR, 10), sleeps, []).reason == "asleep"
    assert explained(Gap(20, HOUR, 10), [line((HOUR, 60))], []).reason == "unknown"


def test_a_start_of_traybeat_explains_it_by_how_long_the_machine_had_been_up() -> None:
    assert explained(Gap(20, HOUR, 10), [], [line((HOUR, 9 * HOUR))]).reason == "stopped"
    assert explained(Gap(20, HOUR, 10), [], [line((HOUR, 40))]).reason == "off"


def test_a_start_at_another_time_explains_nothing() -> None:
    assert explained(Gap(20, HOUR, 10), [], [line((2 * HOUR, 40))]).reason == "unknown"


def test_a_range_that_begins_or_ends_in_a_gap_knows_the_whole_of_it() -> None:
    before, after = [line((100, 1), (110, 1))], [line((9 * HOUR, 1))]
    beats = [line((5 * HOUR, 1), (5 * HOUR + 10, 1))]
    found = list(edges(before, beats, after, HOUR, 8 * HOUR))
    assert found == [Gap(120, 5 * HOUR, 10), Gap(5 * HOUR + 20, 9 * HOUR, 10)]


def test_a_range_within_a_gap_knows_it_too() -> None:
    found = list(edges([line((100, 1))], [], [line((9 * HOUR, 1))], HOUR, 2 * HOUR))
    assert found == [Gap(110, 9 * HOUR, 10)]


def test_before_the_first_heartbeat_there_is_no_gap() -> None:
    assert list(edges([], [line((5 * HOUR, 1))], [], HOUR, 8 * HOUR)) == []


def test_a_range_says_why_nothing_was_seen_in_it_wherever_it_begins_and_ends(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "telemetry.db")
    began = kept.clock.wall()
    kept.run([40e6] * 180, 5, RSS)
    kept.clock.go(8 * HOUR)
    kept.give(SLEEP, 8 * HOUR - 5)
    kept.run([40e6] * 180, 5, RSS)
    stopped = kept.clock.wall()
    kept.clock.go(HOUR)
    kept.give(START, 30 * HOUR)
    kept.run([40e6] * 180, 5, RSS)
    routes = History(
        {"agent": [RSS]}, dict, lambda _: None, kept.history.reader, Cache(kept.clock.monotonic, "a"), kept.clock
    )

    def unseen(start: float, end: float) -> tuple[Unseen, ...]:
        reply = routes.get(Call(None, {"metric_type": "agent"}, RangeQuery(str(start), str(end))))
        assert isinstance(reply, Reply)
        return msgspec.json.decode(reply.content, type=Range).unseen

    night, pause = unseen(began, kept.clock.wall())
    assert (night.reason, pause.reason) == ("asleep", "stopped")
    assert abs(pause.start - stopped) < 60
    (within,) = unseen(began + 2 * HOUR, began + 3 * HOUR)
    assert (within.start, within.end, within.reason) == (began + 2 * HOUR, began + 3 * HOUR, "asleep")
    (morning,) = unseen(began + 4 * HOUR, stopped)
    assert (morning.start, morning.reason) == (began + 4 * HOUR, "asleep")
    assert unseen(began - 9 * HOUR, began - HOUR) == ()
    assert unseen(0, 1000) == unseen(1000, 5000) == unseen(began + DAY, began + 2 * DAY) == ()
