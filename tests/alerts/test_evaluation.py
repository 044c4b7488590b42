from dataclasses import replace

import pytest

from fakes import batch
from traybeat.alerts.evaluation import Change, Evaluation
from traybeat.alerts.watch import Standing, Subject
from traybeat.model.alert import Alert, Reduction, Rule, State
from traybeat.model.metric import Batch, Sample, gauge
from traybeat.model.readings.process import Process

BUSY = gauge("system_cpu_busy_ratio", "ratio", "Busy.", precision=1e-4)
FULL = gauge("system_filesystem_used_ratio", "ratio", "Full.", "mountpoint", "device", precision=1e-4)
HOT = Rule("hot", BUSY.name, threshold=0.9, for_duration_minutes=1)
FILLED = Rule("filled", FULL.name, threshold=0.9, labels={"mountpoint": "!/boot"})


def every_two_seconds(source: str) -> float:
    return 2.0


class Bench:
    """An evaluation and the time that it lives in."""

    def __init__(self, *rules: Rule, now: float = 1000.0) -> None:
        self.now = now
        self.evaluation = Evaluation(rules, every_two_seconds, now)
        self.changes: list[Change] = []

    def feed(self, *samples: Sample, source: str = "cpu", times: int = 1, apart: float = 2.0) -> list[str]:
        told = []
        for _ in range(times):
            self.now += apart
            told += self.take(batch(source, samples))
        return told

    def take(self, one: Batch) -> list[str]:
        changes = self.evaluation.accept(one, self.now)
        self.changes += changes
        return [f"{change.rule.id} {change.after.state.value}" for change in changes]

    def states(self) -> dict[str, State]:
        return {
            " ".join((one.rule, *(value for _, value in one.subject.labels))): one.alert.state
            for one in self.evaluation.standings()
        }


def full(value: float, mountpoint: str = "/", device: str = "sda1") -> Sample:
    return FULL.sample(value, mountpoint, device)


def test_a_rule_fires_and_ends_on_the_batches_of_its_metric() -> None:
    bench = Bench(HOT)
    assert bench.feed(BUSY.sample(0.95), times=30) == []
    assert bench.states() == {"hot": State.PENDING}
    assert bench.feed(BUSY.sample(0.95)) == ["hot firing"]
    assert bench.feed(BUSY.sample(0.97), times=5) == []
    assert bench.feed(BUSY.sample(0.5)) == ["hot resolved"]
    assert bench.states() == {}


def test_each_set_of_labels_has_an_alert_of_its_own() -> None:
    bench = Bench(FILLED)
    assert bench.feed(full(0.95, "/"), full(0.5, "/home"), full(0.99, "/boot"), full(0.91, "/srv")) == [
        "filled firing",
        "filled firing",
    ]
    assert bench.states() == {"filled / sda1": State.FIRING, "filled /srv sda1": State.FIRING}
    subject = bench.changes[0].subject
    assert subject == Subject(FULL.name, (("mountpoint", "/"), ("device", "sda1")), "cpu")


def test_a_rule_that_is_switched_off_watches_nothing() -> None:
    assert Bench(replace(FILLED, enabled=False)).feed(full(1.0)) == []


def test_a_window_is_reduced_before_it_is_compared() -> None:
    bench = Bench(replace(HOT, reduce=Reduction("avg", 1), for_duration_minutes=0))
    spikes = bench.feed(BUSY.sample(0.2), times=20) + bench.feed(BUSY.sample(1.0))
    assert spikes == []
    assert bench.feed(BUSY.sample(1.0), times=29) == ["hot firing"]


def test_rules_with_the_same_window_share_it() -> None:
    average = Reduction("avg", 1)
    bench = Bench(replace(HOT, id="a", reduce=average), replace(HOT, id="b", reduce=average, threshold=0.5))
    bench.feed(BUSY.sample(0.2))
    assert len(bench.evaluation.cold()) == 1


def test_sleep_makes_a_firing_alert_unknown_until_it_is_seen_again() -> None:
    bench = Bench(HOT)
    bench.feed(BUSY.sample(0.95), times=31)
    bench.now += 8 * 3600
    assert bench.take(batch("disk", [])) == []
    assert bench.states() == {"hot": State.UNKNOWN}
    assert bench.feed(BUSY.sample(0.95)) == []
    assert bench.states() == {"hot": State.FIRING}


def test_after_sleep_nothing_fires_that_was_not_watched() -> None:
    bench = Bench(HOT)
    bench.feed(BUSY.sample(0.95), times=29)
    bench.now += 8 * 3600
    assert bench.feed(BUSY.sample(0.95), times=29) == []
    assert bench.feed(BUSY.sample(0.95), times=2) == ["hot firing"]


def test_a_failing_collector_makes_its_alerts_unknown_not_resolved() -> None:
    bench = Bench(HOT)
    bench.feed(BUSY.sample(0.95), times=31)
    for _ in range(60):
        bench.now += 2
        assert bench.take(batch("cpu", error="broken")) == []
    assert bench.states() == {"hot": State.UNKNOWN}


def test_an_alert_ends_when_its_series_is_gone_though_its_source_is_read() -> None:
    bench = Bench(FILLED)
    bench.feed(full(0.95, "/"), full(0.95, "/usb"))
    assert bench.feed(full(0.95, "/"), times=7) == []
    assert bench.feed(full(0.95, "/"), times=2) == ["filled resolved"]
    assert bench.states() == {"filled / sda1": State.FIRING}


def test_the_first_batch_after_sleep_may_lack_a_series_without_ending_its_alert() -> None:
    bench = Bench(FILLED)
    bench.feed(full(0.95))
    bench.now += 8 * 3600
    assert bench.feed() == []
    assert bench.feed(full(0.95)) == []
    assert bench.states() == {"filled / sda1": State.FIRING}


def test_a_pending_alert_of_a_series_that_is_gone_is_forgotten() -> None:
    bench = Bench(replace(FILLED, for_duration_minutes=5))
    bench.feed(full(0.95))
    bench.feed(times=9)
    assert bench.states() == {}


def test_absence_fires_once_nothing_came_for_long_and_ends_when_something_does() -> None:
    bench = Bench(Rule("gone", BUSY.name, absent=True, for_duration_minutes=1))
    bench.feed(BUSY.sample(0.1), times=100)
    assert bench.states() == {}
    assert bench.feed(source="agent", times=29) == []
    assert bench.feed(source="agent", times=1) == ["gone firing"]
    assert bench.feed(BUSY.sample(0.1)) == ["gone resolved"]


def test_absence_of_what_never_came_fires_too_with_the_labels_that_are_plain() -> None:
    bench = Bench(Rule("gone", FULL.name, labels={"mountpoint": "/data", "device": "~sd.*"}, absent=True))
    assert bench.feed(full(0.1, "/"), times=10) == ["gone firing"]
    assert bench.changes[0].subject.labels == (("mountpoint", "/data"),)
    assert bench.feed(full(0.1, "/data")) == ["gone resolved"]


def test_hours_asleep_are_no_absence() -> None:
    bench = Bench(Rule("gone", BUSY.name, absent=True, for_duration_minutes=1))
    bench.feed(BUSY.sample(0.1), times=10)
    bench.now += 8 * 3600
    assert bench.feed(source="agent", times=5) == []
    assert bench.states() == {}


def test_what_the_machine_was_busy_with_is_kept_at_the_moment_of_firing() -> None:
    bench = Bench(replace(HOT, for_duration_minutes=0))
    processes = (Process(1, "idle", "ann", 0.0, 1e6), Process(2, "make", "ann", 0.9, 1e6))
    bench.take(replace(batch("process"), processes=processes))
    bench.feed(BUSY.sample(0.95))
    bench.feed(BUSY.sample(0.1))
    assert [[process.name for process in change.processes] for change in bench.changes] == [["make", "idle"], []]


def test_new_rules_keep_the_alerts_that_they_still_watch_and_end_the_others() -> None:
    bench = Bench(HOT, FILLED)
    bench.feed(BUSY.sample(0.95), full(0.95, "/"), full(0.95, "/srv"), times=31)
    changes = bench.evaluation.replace([replace(HOT, threshold=0.8), replace(FILLED, labels={"mountpoint": "/"})], 9999)
    assert [(change.rule.id, change.subject.labels[0], change.after.state) for change in changes] == [
        ("filled", ("mountpoint", "/srv"), State.RESOLVED)
    ]
    assert bench.states() == {"hot": State.FIRING, "filled / sda1": State.FIRING}
    assert bench.feed(BUSY.sample(0.85)) == []
    assert bench.states()["hot"] is State.FIRING


def test_new_rules_forget_pending_alerts_that_they_do_not_watch() -> None:
    bench = Bench(HOT)
    bench.feed(BUSY.sample(0.95), times=3)
    assert bench.evaluation.replace([], bench.now) == []
    assert bench.states() == {}


def test_new_rules_keep_what_windows_hold() -> None:
    rule = replace(HOT, reduce=Reduction("avg", 1), for_duration_minutes=0)
    bench = Bench(rule)
    bench.feed(BUSY.sample(0.95), times=14)
    bench.evaluation.replace([replace(rule, threshold=0.5), FILLED], bench.now)
    assert bench.feed(BUSY.sample(0.95), times=2) == ["hot firing"]


def test_absence_is_not_forgotten_when_rules_change() -> None:
    rule = Rule("gone", BUSY.name, absent=True, for_duration_minutes=1)
    bench = Bench(rule)
    bench.feed(source="agent", times=25)
    assert bench.evaluation.replace([rule, HOT], bench.now) == []
    assert bench.feed(source="agent", times=10) == ["gone firing"]


def restarted(bench: Bench, *rules: Rule, after: float = 5.0) -> tuple[Bench, tuple[Standing, ...]]:
    again = Bench(*rules, now=bench.now + after)
    return again, again.evaluation.restore(bench.evaluation.standings(), again.now)


def test_a_restart_neither_sends_again_nor_forgets() -> None:
    bench = Bench(HOT)
    bench.feed(BUSY.sample(0.95), times=31)
    again, lost = restarted(bench, HOT)
    assert lost == ()
    assert again.states() == {"hot": State.UNKNOWN}
    assert again.feed(BUSY.sample(0.95), times=3) == []
    assert again.feed(BUSY.sample(0.1)) == ["hot resolved"]


def test_what_was_pending_goes_on_after_a_restart_without_the_time_between() -> None:
    bench = Bench(HOT)
    bench.feed(BUSY.sample(0.95), times=21)
    again, _ = restarted(bench, HOT)
    assert again.feed(BUSY.sample(0.95), times=10) == []
    assert again.feed(BUSY.sample(0.95), times=1) == ["hot firing"]


def test_after_a_restart_an_alert_whose_series_never_comes_back_ends() -> None:
    bench = Bench(FILLED)
    bench.feed(full(0.95, "/"), full(0.95, "/usb"))
    again, _ = restarted(bench, FILLED)
    assert again.feed(full(0.95, "/"), times=10) == ["filled resolved"]


def test_after_a_restart_the_alerts_of_rules_that_are_gone_are_given_back() -> None:
    bench = Bench(HOT, FILLED)
    bench.feed(BUSY.sample(0.95), full(0.95, "/"), full(0.95, "/srv"), times=31)
    again, lost = restarted(bench, replace(FILLED, labels={"mountpoint": "/"}))
    assert {(one.rule, one.subject.labels) for one in lost} == {
        ("hot", ()),
        ("filled", (("mountpoint", "/srv"), ("device", "sda1"))),
    }
    assert again.states() == {"filled / sda1": State.UNKNOWN}


def test_an_absence_alert_survives_a_restart() -> None:
    rule = Rule("gone", FULL.name, labels={"mountpoint": "/data"}, absent=True)
    bench = Bench(rule)
    bench.feed(source="agent", times=10)
    again, lost = restarted(bench, rule)
    assert lost == ()
    assert again.feed(source="agent", times=20) == []
    assert again.states() == {"gone /data": State.FIRING}
    _, lost = restarted(bench, replace(rule, labels={"mountpoint": "/srv"}))
    assert len(lost) == 1


def test_a_window_can_be_given_its_past() -> None:
    rule = replace(HOT, reduce=Reduction("avg", 1), for_duration_minutes=0)
    bench = Bench(rule)
    bench.feed(BUSY.sample(0.95))
    (cold,) = bench.evaluation.cold()
    assert (cold.seconds, bench.evaluation.cold()) == (60, ())
    bench.evaluation.warm(cold.subject, [(bench.now - 40 + 2 * n, 0.95) for n in range(18)])
    assert bench.feed(BUSY.sample(0.95)) == ["hot firing"]
    bench.evaluation.warm(Subject("nothing", ()), [(0.0, 1.0)])


def test_series_that_are_gone_for_long_cost_nothing_more() -> None:
    bench = Bench(replace(FILLED, reduce=Reduction("avg", 1)))
    bench.feed(full(0.5, "/usb"))
    assert len(bench.evaluation.cold()) == 1
    bench.feed(full(0.5, "/"), apart=10, times=500)
    assert [cold.subject.labels[0][1] for cold in bench.evaluation.cold()] == ["/"]
    bench.feed(full(0.5, "/usb"))
    assert [cold.subject.labels[0][1] for cold in bench.evaluation.cold()] == ["/usb"]


def test_the_cooldown_outlives_the_alert() -> None:
    bench = Bench(replace(FILLED, cooldown_minutes=1))
    assert bench.feed(full(0.95)) + bench.feed(full(0.5)) == ["filled firing", "filled resolved"]
    assert bench.feed(full(0.95), times=29) == []
    assert bench.feed(full(0.95), times=1) == ["filled firing"]
    bench.feed(full(0.5), times=40)
    assert bench.states() == {}


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_values_that_are_no_numbers_harm_nothing(value: float) -> None:
    bench = Bench(FILLED)
    bench.feed(Sample(FULL, ("/", "sda1"), value))
    assert bench.feed(full(0.1)) in ([], ["filled resolved"])


def test_the_kept_states_hold_all_that_was_learnt() -> None:
    bench = Bench(HOT)
    bench.feed(BUSY.sample(0.95), times=2)
    assert bench.evaluation.standings() == (
        Standing("hot", Subject(BUSY.name, (), "cpu"), Alert(State.PENDING, 2.0, 1004.0, 0.95)),
    )
