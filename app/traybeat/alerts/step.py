"""The state of an alert, moved on by one look at its value. Pure; the live engine and the back-test share it.

Only observed time counts towards a rule's `for`: the time between two looks that are no further apart than `gap`
seconds. A longer stretch (sleep, a stopped agent, a failing collector) adds nothing, and one that is longer than the
rule's own `for` makes a pending alert begin again, as what was seen before it no longer speaks for the present.
"""

from dataclasses import replace

from traybeat.alerts.condition import lingers, met, worse
from traybeat.model.alert import Alert, Rule, State

LEAST_GAP_SECONDS = 15.0
MISSED_LOOKS = 4


def honest_gap(interval: float) -> float:
    """Give the longest time between two looks that counts as watched, for a source that is read at `interval`."""
    return max(LEAST_GAP_SECONDS, MISSED_LOOKS * interval)


def step(rule: Rule, alert: Alert, value: float | None, now: float, gap: float = LEAST_GAP_SECONDS) -> Alert:
    """Give the alert after a look at `value` at the time `now`, in seconds of the alert's own clock.

    None is no value: an absence rule looks for just that, any other learns nothing from it. It fired where the state
    becomes `firing` from anything but `unknown`; it ended where the state becomes `resolved`.
    """
    if (value is None and not rule.absent) or value != value:  # noqa: PLR0124 (NaN is no value either)
        return unseen(alert, now, gap)
    if alert.active:
        return _active(rule, alert, value, now)
    if not met(rule, value):
        return _quiet(alert, value, now)
    return _pending(rule, alert, value, now, gap)


def unseen(alert: Alert, now: float, gap: float) -> Alert:
    """Give the alert after a time without a value: a firing one is unknown once nobody has looked for long."""
    if alert.state is State.FIRING and not _watched(alert, now, gap):
        return replace(alert, state=State.UNKNOWN)
    return alert


def resume(rule: Rule, alert: Alert, now: float) -> Alert:
    """Give an alert that was kept over a restart: nobody looked meanwhile, and the clock may have been set back."""
    observed = alert.observed
    if alert.seen is not None and now - alert.seen > rule.for_duration_minutes * 60:
        observed = 0.0
    state = State.UNKNOWN if alert.active else alert.state
    resolved = None if alert.resolved is None else min(alert.resolved, now)
    return replace(alert, state=state, observed=observed, seen=None, resolved=resolved)


def end(alert: Alert, now: float) -> Alert:
    """Give the alert after its series or its rule is gone."""
    if alert.active:
        return replace(alert, state=State.RESOLVED, resolved=now)
    return replace(alert, state=State.INACTIVE, observed=0.0)


def cooling(rule: Rule, alert: Alert, now: float) -> bool:
    """Say whether the last firing ended too short a while ago for the next."""
    return alert.resolved is not None and now - alert.resolved < rule.cooldown_minutes * 60


def spent(rule: Rule, alert: Alert, now: float) -> bool:
    """Say whether there is nothing more to remember of an alert."""
    return alert.state in {State.INACTIVE, State.RESOLVED} and not cooling(rule, alert, now)


def _watched(alert: Alert, now: float, gap: float) -> bool:
    return alert.seen is not None and 0 <= now - alert.seen <= gap


def _active(rule: Rule, alert: Alert, value: float | None, now: float) -> Alert:
    if not lingers(rule, value):
        return replace(alert, state=State.RESOLVED, seen=now, value=value, resolved=now)
    return replace(alert, state=State.FIRING, seen=now, value=value, worst=worse(rule, alert.worst, value))


def _quiet(alert: Alert, value: float | None, now: float) -> Alert:
    state = State.RESOLVED if alert.state is State.RESOLVED else State.INACTIVE
    return replace(alert, state=state, observed=0.0, seen=now, value=value)


def _pending(rule: Rule, alert: Alert, value: float | None, now: float, gap: float) -> Alert:
    required = rule.for_duration_minutes * 60
    observed = _observed(alert, now, gap, required) if alert.state is State.PENDING else 0.0
    if observed < required or cooling(rule, alert, now):
        return replace(alert, state=State.PENDING, observed=observed, seen=now, value=value)
    return replace(
        alert,
        state=State.FIRING,
        observed=observed,
        seen=now,
        value=value,
        triggered=now,
        value_at_trigger=value,
        worst=value,
    )


def _observed(alert: Alert, now: float, gap: float, required: float) -> float:
    if alert.seen is None:
        return alert.observed
    elapsed = now - alert.seen
    if 0 <= elapsed <= gap:
        return alert.observed + elapsed
    return alert.observed if elapsed <= required else 0.0
