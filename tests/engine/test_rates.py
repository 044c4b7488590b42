from traybeat.engine import rates
from traybeat.engine.rates import Quota, Rates
from traybeat.engine.refusal import Refusal
from traybeat.engine.strikes import FAILURES, strike

QUOTA = Quota("hour", 3, 3600)


class Wall:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def test_so_many_requests_are_granted_and_no_more_until_counting_begins_anew() -> None:
    wall = Wall()
    counted = Rates(wall)
    verdicts = [counted.hit(QUOTA, "a") for _ in range(4)]
    assert [one.granted for one in verdicts] == [True, True, True, False]
    assert [one.remaining for one in verdicts] == [2, 1, 0, 0]
    assert verdicts[3].reset == 3600
    wall.now += 3600
    assert counted.hit(QUOTA, "a").granted


def test_everybody_and_every_quota_is_counted_apart() -> None:
    counted = Rates(Wall())
    for _ in range(3):
        counted.hit(QUOTA, "a")
    assert counted.hit(QUOTA, "b").remaining == 2
    assert counted.hit(QUOTA._replace(name="other"), "a").remaining == 2
    assert counted.spent(QUOTA, "a")
    assert not counted.spent(QUOTA, "b")


def test_a_clock_that_is_set_back_locks_nobody_out_for_longer() -> None:
    wall = Wall()
    counted = Rates(wall)
    for _ in range(4):
        counted.hit(QUOTA, "a")
    wall.now -= 86_400
    assert counted.hit(QUOTA, "a").granted


def test_addresses_that_are_made_up_fill_no_memory() -> None:
    counted = Rates(Wall())
    for number in range(rates.MOST_COUNTERS + 50):
        counted.hit(QUOTA, f"10.0.0.{number}")
    assert counted._counters.reset() == rates.MOST_COUNTERS  # noqa: SLF001 (what it holds is what it costs)


def test_failures_are_answered_with_patience_and_then_without() -> None:
    counted = Rates(Wall())
    wrong = Refusal(401, "Unauthorized", "No.")
    answers = [strike(wrong, counted, "10.0.0.1") for _ in range(FAILURES.requests + 1)]
    assert answers[:-1] == [wrong] * FAILURES.requests
    assert answers[-1].status == 429
    assert (b"retry-after", b"60") in answers[-1].headers
    assert strike(wrong, counted, "10.0.0.2") is wrong
