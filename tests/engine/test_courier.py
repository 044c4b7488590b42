import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from alarms import FULL, HOT, Desk
from traybeat.engine.courier import LONGEST_LOOK_SECONDS, OFFLINE_LOOK_SECONDS, Courier, Outcome
from traybeat.model.errors import SecretMissingError, SecretsUnavailableError
from traybeat.model.message import Message, Rejected, Unreachable
from traybeat.model.stop import Stop


class FakeChannel:
    """Takes messages, or fails as it is told."""

    name = "email"

    def __init__(self, *, remote: bool = True) -> None:
        self.remote = remote
        self.failure: Exception | None = None
        self.taken: list[Message] = []
        self.then: Callable[[], None] = lambda: None

    def send(self, message: Message) -> str:
        if self.failure:
            raise self.failure
        self.taken.append(message)
        self.then()
        return "fine"


class Round:
    """A courier, its channel and its desk."""

    def __init__(self, directory: Path, *, remote: bool = True) -> None:
        self.desk = Desk(directory)
        self.channel = FakeChannel(remote=remote)
        self.connected = True
        self.courier = Courier(self.channel, self.desk.outbox, self.desk.clock, lambda: self.connected, lambda: 0.5)

    def after(self, seconds: float) -> float:
        self.desk.clock.go(seconds)
        return self.courier.work()

    def deliveries(self) -> list[tuple[str, int, str | None]]:
        (incident,) = self.desk.history.active()
        return [(one.state, one.attempts, one.answer) for one in incident.deliveries if one.channel == "email"]


@pytest.fixture
def walk(tmp_path: Path) -> Round:
    return Round(tmp_path)


def test_with_nothing_to_do_it_looks_again_after_a_while(walk: Round) -> None:
    assert walk.courier.work() == LONGEST_LOOK_SECONDS


def test_it_waits_for_the_group_and_then_delivers(walk: Round) -> None:
    walk.desk.begin()
    assert walk.courier.work() == 10
    assert walk.after(10) == 0
    assert [one.notices[0].rule for one in walk.channel.taken] == ["hot"]
    assert walk.deliveries() == [("sent", 1, "fine")]
    assert walk.courier.counts[Outcome.SENT] == 1
    assert walk.courier.work() == LONGEST_LOOK_SECONDS


def test_what_does_not_get_through_is_tried_again_later_and_later(walk: Round) -> None:
    walk.desk.begin()
    walk.channel.failure = Unreachable("HTTP 500")
    assert walk.after(10) == 0
    assert walk.courier.work() == 10
    assert walk.after(10) == 0
    assert walk.courier.work() == 20
    assert walk.deliveries() == [("sending", 2, "HTTP 500")]
    troubles = [walk.courier.trouble]
    walk.channel.failure = None
    assert walk.after(20) == 0
    assert walk.deliveries() == [("sent", 3, "fine")]
    assert [*troubles, walk.courier.trouble] == ["HTTP 500", None]
    assert walk.courier.counts == {Outcome.SENT: 1, Outcome.RETRIED: 2, Outcome.DEAD: 0}


def test_what_the_other_side_asks_for_is_waited(walk: Round) -> None:
    walk.desk.begin()
    walk.channel.failure = Unreachable("HTTP 429", retry_after=45)
    walk.after(10)
    assert walk.courier.work() == 45


def test_what_is_refused_is_given_up_and_seen(walk: Round) -> None:
    walk.desk.begin()
    walk.channel.failure = Rejected("HTTP 404")
    assert walk.after(10) == 0
    assert walk.deliveries() == [("dead", 1, "HTTP 404")]
    (letter,) = walk.desk.outbox.dead_letters()
    assert letter.answer == "HTTP 404"
    assert walk.courier.counts[Outcome.DEAD] == 1


def test_after_a_day_in_vain_it_is_given_up(walk: Round) -> None:
    walk.desk.begin()
    walk.channel.failure = Unreachable("HTTP 500")
    walk.desk.clock.go(10)
    for _ in range(3000):
        pause = walk.courier.work()
        walk.desk.clock.go(pause)
    ((state, attempts, answer),) = walk.deliveries()
    assert (state, answer) == ("dead", "given up after a day; in the end: HTTP 500")
    assert attempts == 32


def test_a_secret_that_is_missing_may_come_later(walk: Round) -> None:
    walk.desk.begin()
    walk.channel.failure = SecretMissingError("the secret 'smtp-password' is not there")
    walk.after(10)
    assert walk.deliveries() == [("sending", 1, "the secret 'smtp-password' is not there")]


def test_a_mistake_in_a_channel_is_no_reason_to_lose_a_message(walk: Round) -> None:
    walk.desk.begin()
    walk.channel.failure = ZeroDivisionError("secret")
    walk.after(10)
    ((state, attempts, answer),) = walk.deliveries()
    assert (state, attempts) == ("sending", 1)
    assert answer == "an error of Traybeat's own (ZeroDivisionError); the log tells more"


def test_without_any_connection_failures_do_not_count(walk: Round) -> None:
    walk.desk.begin()
    walk.connected = False
    walk.channel.failure = Unreachable("its name can't be looked up")
    for _ in range(20):
        assert walk.after(OFFLINE_LOOK_SECONDS) == OFFLINE_LOOK_SECONDS
    assert walk.deliveries() == [("sending", 0, None)]
    assert walk.courier.trouble == "waiting for a network"
    walk.connected = True
    walk.channel.failure = None
    assert walk.after(OFFLINE_LOOK_SECONDS) == 0
    assert walk.deliveries() == [("sent", 1, "fine")]


def test_without_any_connection_it_still_tries_now_and_then(walk: Round) -> None:
    """A mail server in the same room needs no route to anywhere."""
    walk.desk.begin()
    walk.connected = False
    walk.channel.failure = Unreachable("the connection was refused")
    walk.after(10)
    walk.channel.failure = None
    assert walk.after(300) == OFFLINE_LOOK_SECONDS
    assert walk.after(300) == 0
    assert len(walk.channel.taken) == 1


def test_the_desktop_needs_no_connection(tmp_path: Path) -> None:
    walk = Round(tmp_path, remote=False)
    walk.desk.begin()
    walk.connected = False
    walk.channel.failure = Unreachable("no notification service")
    walk.after(10)
    assert walk.deliveries() == [("sending", 1, "no notification service")]


def test_while_one_message_is_tried_again_the_next_waits_and_grows(walk: Round) -> None:
    walk.desk.begin(HOT)
    walk.channel.failure = Unreachable("HTTP 500")
    walk.after(10)
    walk.desk.begin(FULL, mountpoint="/")
    walk.desk.begin(FULL, mountpoint="/home")
    walk.channel.failure = None
    walk.after(20)
    walk.after(10)
    assert [[one.rule for one in message.notices] for message in walk.channel.taken] == [["hot"], ["full", "full"]]


def test_it_runs_until_it_is_told_to_stop_and_wakes_when_called(tmp_path: Path) -> None:
    walk = Round(tmp_path)
    delivered = threading.Event()
    walk.channel.then = delivered.set
    stop = Stop()
    thread = threading.Thread(target=walk.courier.run, args=(stop,))
    thread.start()
    walk.desk.group = 0
    walk.desk.begin()
    walk.courier.wake()
    assert delivered.wait(10)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


def test_the_service_is_named_for_its_channel(walk: Round) -> None:
    assert walk.courier.name == "channel email"


def test_a_locked_keyring_is_waited_for_without_counting_and_recovered_from(walk: Round) -> None:
    walk.desk.begin()
    walk.channel.failure = SecretsUnavailableError("the keyring is locked")
    assert walk.after(10) == OFFLINE_LOOK_SECONDS
    for _ in range(3 * 24):
        assert walk.after(3600) == OFFLINE_LOOK_SECONDS
    assert walk.courier.trouble == "the keyring is locked"
    assert walk.courier.counts == dict.fromkeys(Outcome, 0)
    walk.channel.failure = None
    assert walk.after(OFFLINE_LOOK_SECONDS) == 0
    assert len(walk.channel.taken) == 1
    assert walk.deliveries() == [("sent", 1, "fine")]
