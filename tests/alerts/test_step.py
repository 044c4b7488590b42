import pytest
from hypothesis import given
from hypothesis import strategies as st

from traybeat.alerts.step import cooling, end, honest_gap, resume, step, unseen
from traybeat.model.alert import Alert, Rule, State

HOT = Rule("hot", "m", threshold=0.9, clear_threshold=0.8, for_duration_minutes=1)
GAP = 15.0


def walk(rule: Rule, looks: list[tuple[float, float | None]], alert: Alert | None = None) -> Alert:
    alert = alert or Alert()
    for now, value in looks:
        alert = step(rule, alert, value, now, GAP)
    return alert


def every(seconds: float, start: float, until: float, value: float | None) -> list[tuple[float, float | None]]:
    count = int((until - start) / seconds) + 1
    return [(start + n * seconds, value) for n in range(count)]


def test_it_fires_once_the_condition_was_watched_for_its_duration() -> None:
    assert walk(HOT, every(10, 0, 50, 0.95)).state is State.PENDING
    fired = walk(HOT, every(10, 0, 60, 0.95))
    assert (fired.state, fired.triggered, fired.value_at_trigger, fired.observed) == (State.FIRING, 60, 0.95, 60)


def test_without_a_duration_it_fires_at_the_first_look() -> None:
    assert walk(Rule("now", "m", threshold=1), [(5, 2.0)]).state is State.FIRING


def test_one_good_value_begins_the_count_anew() -> None:
    looks = [*every(10, 0, 50, 0.95), (55, 0.5), *every(10, 60, 110, 0.95)]
    assert walk(HOT, looks).state is State.PENDING
    assert walk(HOT, [*looks, (120, 0.95)]).state is State.FIRING


def test_it_goes_on_firing_between_the_two_thresholds_and_ends_below_both() -> None:
    fired = walk(HOT, [*every(10, 0, 60, 0.95), (70, 0.85)])
    assert fired.state is State.FIRING
    over = walk(HOT, [(80, 0.79)], fired)
    assert (over.state, over.resolved, over.value) == (State.RESOLVED, 80, 0.79)


def test_a_value_between_the_thresholds_fires_nothing_by_itself() -> None:
    assert walk(HOT, every(10, 0, 600, 0.85)).state is State.INACTIVE


def test_the_worst_value_of_a_firing_is_kept() -> None:
    alert = walk(HOT, [*every(10, 0, 60, 0.95), (70, 0.99), (80, 0.91)])
    assert (alert.value, alert.worst, alert.value_at_trigger) == (0.91, 0.99, 0.95)


def test_eight_hours_of_sleep_are_not_eight_hours_of_heat() -> None:
    night = 8 * 3600.0
    looks = [*every(10, 0, 50, 0.95), (50 + night, 0.95), (59 + night, 0.95)]
    assert walk(HOT, looks).state is State.PENDING


def test_after_a_gap_longer_than_its_duration_the_count_begins_anew() -> None:
    assert walk(HOT, [*every(10, 0, 50, 0.95), (200, 0.95)]).observed == 0


def test_a_short_gap_adds_nothing_and_forgets_nothing() -> None:
    assert walk(HOT, [*every(10, 0, 50, 0.95), (90, 0.95)]).observed == 50


def test_a_clock_that_goes_back_adds_nothing() -> None:
    assert walk(HOT, [(100, 0.95), (40, 0.95)]).observed == 0


def test_a_firing_alert_is_unknown_when_nobody_has_looked_for_long() -> None:
    fired = walk(HOT, every(10, 0, 60, 0.95))
    assert unseen(fired, 60 + GAP, GAP).state is State.FIRING
    assert unseen(fired, 61 + GAP, GAP).state is State.UNKNOWN


def test_a_value_that_is_missing_teaches_nothing() -> None:
    fired = walk(HOT, every(10, 0, 60, 0.95))
    assert step(HOT, fired, None, 70, GAP) == fired
    pending = walk(HOT, every(10, 0, 30, 0.95))
    assert step(HOT, pending, None, 100, GAP) == pending
    assert step(HOT, pending, float("nan"), 100, GAP) == pending


def test_what_was_unknown_fires_on_without_being_triggered_again() -> None:
    lost = unseen(walk(HOT, every(10, 0, 60, 0.95)), 9000, GAP)
    again = step(HOT, lost, 0.97, 9001, GAP)
    assert (again.state, again.triggered, again.worst) == (State.FIRING, 60, 0.97)


def test_what_was_unknown_and_is_well_has_ended() -> None:
    lost = unseen(walk(HOT, every(10, 0, 60, 0.95)), 9000, GAP)
    assert step(HOT, lost, 0.1, 9001, GAP).state is State.RESOLVED


def test_within_the_cooldown_it_waits_and_after_it_fires_if_it_still_holds() -> None:
    rule = Rule("c", "m", threshold=1, cooldown_minutes=10)
    over = walk(rule, [(0, 2.0), (10, 0.5)])
    assert cooling(rule, over, 609)
    assert not cooling(rule, over, 610)
    waiting = walk(rule, every(10, 20, 600, 2.0), over)
    assert waiting.state is State.PENDING
    assert walk(rule, [(610, 2.0)], waiting).state is State.FIRING


def test_absence_fires_when_nothing_came_for_its_duration() -> None:
    rule = Rule("gone", "m", absent=True, for_duration_minutes=1)
    assert walk(rule, every(10, 0, 50, None)).state is State.PENDING
    fired = walk(rule, every(10, 0, 60, None))
    assert (fired.state, fired.value_at_trigger) == (State.FIRING, None)
    assert step(rule, fired, 5.0, 70, GAP).state is State.RESOLVED
    assert walk(rule, every(10, 0, 600, 1.0)).state is State.INACTIVE


def test_a_firing_whose_series_is_gone_has_ended() -> None:
    assert end(walk(HOT, every(10, 0, 60, 0.95)), 99).resolved == 99
    assert end(walk(HOT, every(10, 0, 50, 0.95)), 99) == Alert(seen=50, value=0.95)


def test_over_a_restart_a_firing_alert_is_unknown_and_a_pending_one_goes_on() -> None:
    fired = walk(HOT, every(10, 0, 60, 0.95))
    assert resume(HOT, fired, 65).state is State.UNKNOWN
    pending = resume(HOT, walk(HOT, every(10, 0, 50, 0.95)), 55)
    assert (pending.state, pending.observed, pending.seen) == (State.PENDING, 50, None)
    assert walk(HOT, [(56, 0.95)], pending).state is State.PENDING
    assert walk(HOT, [(56, 0.95), (66, 0.95)], pending).state is State.FIRING


def test_over_a_restart_after_a_long_stop_a_pending_alert_begins_anew() -> None:
    assert resume(HOT, walk(HOT, every(10, 0, 50, 0.95)), 4000).observed == 0


def test_a_clock_set_back_over_a_restart_does_not_prolong_the_cooldown() -> None:
    over = Alert(state=State.RESOLVED, resolved=9000)
    assert resume(HOT, over, 100).resolved == 100
    assert resume(HOT, Alert(), 100).resolved is None


def test_a_gap_follows_the_interval_but_is_never_tiny() -> None:
    assert honest_gap(2) == 15
    assert honest_gap(60) == 240


rules = st.builds(
    Rule,
    id=st.just("r"),
    metric=st.just("m"),
    operator=st.sampled_from([">", ">=", "<", "<=", "==", "!="]),
    threshold=st.integers(0, 4).map(float),
    for_duration_minutes=st.sampled_from([0.0, 0.1, 0.5, 2.0]),
    cooldown_minutes=st.sampled_from([0.0, 0.5, 3.0]),
)
deltas = st.one_of(st.floats(0, GAP), st.floats(GAP, 9e4), st.floats(-100, 0))
looks = st.lists(st.tuples(deltas, st.one_of(st.none(), st.integers(-1, 5).map(float))), max_size=80)
restarts = st.sets(st.integers(0, 79), max_size=3)


def events(before: Alert, after: Alert) -> list[str]:
    if after.state is State.FIRING and not before.active:
        return ["triggered"]
    return ["resolved"] if before.active and after.state is State.RESOLVED else []


@given(rules, looks, restarts)
def test_triggered_and_resolved_alternate_whatever_happens(
    rule: Rule, looks: list[tuple[float, float | None]], restarts: set[int]
) -> None:
    alert, now, told = Alert(), 1000.0, ["resolved"]
    for number, (delta, value) in enumerate(looks):
        now += delta
        if number in restarts:
            alert = resume(rule, alert, now)
        before, alert = alert, step(rule, alert, value, now, GAP)
        for event in events(before, alert):
            assert event != told[-1]
            told.append(event)
        assert alert.active == (told[-1] == "triggered")


@given(rules, looks, restarts)
def test_nothing_fires_before_its_duration_was_watched(
    rule: Rule, looks: list[tuple[float, float | None]], restarts: set[int]
) -> None:
    """The time in which the condition held at both ends of an honest gap, counted apart from the code."""
    alert, now, watched, last = Alert(), 1000.0, 0.0, None
    for number, (delta, value) in enumerate(looks):
        now += delta
        if number in restarts:
            alert, last = resume(rule, alert, now), None
        before, alert = alert, step(rule, alert, value, now, GAP)
        if value is None:
            continue
        if step(Rule("x", "m", operator=rule.operator, threshold=rule.threshold), Alert(), value, 0).active:
            if last is not None and 0 <= now - last <= GAP:
                watched += now - last
            last = now
        else:
            watched, last = 0.0, None
        if "triggered" in events(before, alert):
            assert watched >= rule.for_duration_minutes * 60 - 1e-9
        if alert.active:
            watched, last = 0.0, None


@given(rules, looks)
def test_nothing_fires_within_the_cooldown(rule: Rule, looks: list[tuple[float, float | None]]) -> None:
    alert, now, ended = Alert(), 1000.0, None
    for delta, value in looks:
        now += abs(delta)
        before, alert = alert, step(rule, alert, value, now, GAP)
        if "resolved" in events(before, alert):
            ended = now
        if "triggered" in events(before, alert) and ended is not None:
            assert now - ended >= rule.cooldown_minutes * 60


@pytest.mark.parametrize("state", list(State))
def test_a_step_changes_nothing_but_what_it_gives(state: State) -> None:
    alert = Alert(state=state, observed=1, seen=1, triggered=0, worst=1)
    copy = Alert(state=state, observed=1, seen=1, triggered=0, worst=1)
    step(HOT, alert, 0.95, 2, GAP)
    assert alert == copy
