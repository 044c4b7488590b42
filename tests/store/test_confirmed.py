from traybeat.store.confirmed import Confirmed

DAY = 86400.0


def test_a_clock_that_goes_on_is_followed() -> None:
    confirmed = Confirmed(None, None)
    assert [confirmed.at(1000 + 9 * n) for n in range(5)] == [1000 + 9 * n for n in range(5)]


def test_a_jump_ahead_is_not_believed_and_forgotten_when_taken_back() -> None:
    confirmed = Confirmed(None, None)
    confirmed.at(1000)
    for n in range(300):
        assert confirmed.at(1000 + DAY + 10 * n) == 1000
    assert confirmed.at(4000) == 1000  # right again, after most of an hour
    for n in range(360):
        assert confirmed.at(4010 + 10 * n) == 1000 or n == 359
    assert confirmed.at(7610) == 7610
    assert confirmed.claim is None


def test_a_jump_ahead_that_lasts_for_an_hour_is_believed() -> None:
    confirmed = Confirmed(1000, None)
    assert confirmed.at(1000 + DAY) == 1000
    assert confirmed.at(1000 + DAY + 3599) == 1000
    assert confirmed.at(1000 + DAY + 3600) == 1000 + DAY + 3600


def test_short_sessions_add_up() -> None:
    first = Confirmed(1000, None)
    first.at(1000 + DAY)
    second = Confirmed(1000, first.claim)
    assert second.at(1000 + DAY + 7200) == 1000 + DAY
    third = Confirmed(1000 + DAY, second.claim)
    assert third.at(1000 + 2 * DAY) == 1000 + DAY + 7200


def test_a_jump_ahead_is_not_believed_for_the_sake_of_an_earlier_one() -> None:
    confirmed = Confirmed(1000, None)
    confirmed.at(9000)  # awake again
    confirmed.at(9500)
    assert confirmed.at(9500 + DAY) == 9500
    assert confirmed.at(9600 + DAY) == 9500
    assert confirmed.at(9600) == 9600


def test_a_claim_ends_when_time_goes_back_before_it() -> None:
    confirmed = Confirmed(1000, None)
    confirmed.at(1000 + 2 * DAY)
    assert confirmed.at(1000 + DAY) == 1000
    assert confirmed.claim == 1000 + DAY


def test_a_clock_that_goes_back_takes_the_time_with_it() -> None:
    confirmed = Confirmed(5000, None)
    assert confirmed.at(4000) == 4000
    assert confirmed.at(5001) == 5001
