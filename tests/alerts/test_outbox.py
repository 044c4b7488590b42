from datetime import datetime, time
from pathlib import Path

import pytest

from alarms import FULL, HOT, Desk, told
from traybeat.alerts.bundle import MOST_NOTICES
from traybeat.alerts.outbox import Parcel
from traybeat.alerts.silence import QuietHours, Snooze


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_nothing_waits_at_first(desk: Desk) -> None:
    assert desk.outbox.next("email", desk.now) is None


def test_an_event_waits_for_others_of_its_group(desk: Desk) -> None:
    desk.begin()
    assert desk.outbox.next("email", desk.now) == desk.now + 10
    desk.clock.go(10)
    parcel = desk.parcel()
    assert told(parcel) == ["hot triggered"]
    assert (parcel.attempts, parcel.message.host, parcel.message.kind) == (0, "box", "alerts")


def test_alerts_that_fire_within_the_group_make_one_message(desk: Desk) -> None:
    desk.begin(HOT)
    desk.clock.go(8)
    desk.begin(FULL, mountpoint="/")
    desk.clock.go(1)
    assert told(desk.parcel()) == ["hot triggered", "full / triggered"]


def test_each_channel_has_a_message_of_its_own(desk: Desk) -> None:
    desk.begin()
    desk.clock.go(10)
    assert desk.parcel("email").message.key != desk.parcel("slack").message.key


def test_a_message_stays_word_for_word_the_same_until_it_ends(desk: Desk, tmp_path: Path) -> None:
    desk.begin()
    desk.clock.go(10)
    first = desk.parcel()
    desk.begin(FULL)
    desk.finish(HOT)
    desk.outbox.failed(first, "HTTP 500", desk.now, 30)
    assert desk.outbox.next("email", desk.now) == desk.now + 30
    desk.clock.go(30)
    again = Desk(tmp_path).outbox.next("email", desk.now)
    assert isinstance(again, Parcel)
    assert again.message == first.message
    assert (again.attempts, again.waited) == (1, 30)


def test_an_end_follows_its_beginning_and_never_overtakes_it(desk: Desk) -> None:
    desk.begin()
    desk.clock.go(10)
    first = desk.parcel()
    desk.outbox.failed(first, "HTTP 500", desk.now, 1000)
    desk.finish()
    desk.clock.go(20)
    assert desk.outbox.next("email", desk.now) == first.message.created_at + 1000
    desk.clock.go(1000)
    desk.outbox.sent(desk.parcel(), "ok", desk.now)
    assert told(desk.parcel()) == ["hot resolved"]


def test_a_beginning_and_its_end_within_one_group_are_told_together(desk: Desk) -> None:
    desk.begin()
    desk.finish()
    assert desk.deliver() == ["hot triggered", "hot resolved"]


def test_no_end_is_told_of_a_beginning_that_was_refused(desk: Desk) -> None:
    desk.begin()
    desk.clock.go(10)
    desk.outbox.dead(desk.parcel(), "HTTP 404", desk.now)
    desk.finish()
    assert desk.deliver() == []
    assert desk.deliver("slack") == ["hot triggered", "hot resolved"]


def test_an_end_that_was_written_before_its_beginning_was_refused_is_dropped(desk: Desk) -> None:
    desk.begin()
    desk.clock.go(10)
    parcel = desk.parcel()
    desk.finish()
    desk.outbox.dead(parcel, "HTTP 404", desk.now)
    assert desk.deliver() == []
    assert desk.outbox.next("email", desk.now) is None


def test_what_is_snoozed_is_told_later_if_it_still_matters(desk: Desk) -> None:
    desk.snoozes.put(Snooze("all", "", desk.now + 3600))
    desk.begin(HOT)
    desk.begin(FULL, mountpoint="/")
    assert desk.deliver() == []
    desk.finish(HOT)
    assert desk.deliver() == []
    desk.clock.go(3600)
    assert desk.deliver() == ["full / triggered"]
    desk.finish(FULL, mountpoint="/")
    assert desk.deliver() == ["full / resolved"]


def test_a_snooze_of_one_rule_lets_the_others_through(desk: Desk) -> None:
    desk.snoozes.put(Snooze("rule", "hot", desk.now + 3600))
    desk.begin(HOT)
    desk.begin(FULL, mountpoint="/")
    assert desk.deliver() == ["full / triggered"]


def test_a_snooze_that_is_ended_early_releases_what_it_held(desk: Desk) -> None:
    desk.snoozes.put(Snooze("all", "", desk.now + 3600))
    desk.begin()
    assert desk.deliver() == []
    assert desk.outbox.next("email", desk.now) == desk.snoozes.all(desk.now)[0].until
    desk.snoozes.drop("all")
    desk.outbox.release(desk.now)
    assert desk.deliver() == ["hot triggered"]


def test_an_end_within_quiet_hours_is_told_after_them(desk: Desk) -> None:
    desk.begin()
    assert desk.deliver() == ["hot triggered"]
    clock = datetime.fromtimestamp(desk.now)  # noqa: DTZ006 (the machine's own zone is meant)
    desk.silence.quiet_hours = QuietHours(clock.time(), time(clock.hour, clock.minute))
    desk.finish()
    assert desk.deliver() == []
    desk.clock.go(86_400)
    desk.silence.quiet_hours = None
    assert desk.deliver() == ["hot resolved"]


def test_what_somebody_knows_is_not_told_any_more(desk: Desk) -> None:
    begun = desk.begin()
    desk.history.acknowledge(begun.id, desk.now)
    assert desk.deliver() == []
    desk.finish()
    assert desk.deliver() == []


def test_what_somebody_knows_is_still_told_to_have_ended(desk: Desk) -> None:
    begun = desk.begin()
    desk.deliver()
    desk.history.acknowledge(begun.id, desk.now)
    desk.finish()
    assert desk.deliver() == ["hot resolved"]


def test_past_ten_messages_in_ten_minutes_there_is_one_digest(desk: Desk) -> None:
    for number in range(10):
        desk.begin(HOT, core=str(number))
        assert len(desk.deliver()) == 1
    last = desk.now
    for number in range(10, 40):
        desk.begin(HOT, core=str(number))
        assert desk.deliver() == []
    desk.clock.go(last + 600 - desk.now - 20)
    assert desk.deliver() == []
    desk.clock.go(11)
    digest = desk.parcel()
    assert (digest.message.kind, len(digest.message.notices)) == ("digest", 30)


def test_a_message_has_an_end_and_the_rest_waits_for_the_next(desk: Desk) -> None:
    for number in range(MOST_NOTICES + 5):
        desk.begin(HOT, core=str(number))
    assert len(desk.deliver()) == MOST_NOTICES
    assert len(desk.deliver()) == 5


def test_the_cap_is_each_channels_own(desk: Desk) -> None:
    for number in range(10):
        desk.begin(HOT, core=str(number))
        desk.deliver("email")
    desk.begin(HOT, core="99")
    assert desk.deliver("email") == []
    assert len(desk.deliver("slack")) == 11


def test_a_message_that_waits_for_a_network_counts_no_failure(desk: Desk) -> None:
    desk.begin()
    desk.clock.go(10)
    desk.outbox.postpone(desk.parcel(), "no network", desk.now + 60)
    desk.clock.go(60)
    assert desk.parcel().attempts == 0


def test_a_clock_that_was_a_year_ahead_blocks_nothing(desk: Desk) -> None:
    desk.begin()
    desk.clock.now_wall -= 365 * 86_400
    assert told(desk.parcel()) == ["hot triggered"]
    desk.outbox.postpone(desk.parcel(), "no network", desk.now + 365 * 86_400)
    assert isinstance(desk.outbox.next("email", desk.now), Parcel)


def test_what_waits_for_a_channel_that_is_gone_is_given_up(desk: Desk) -> None:
    desk.begin(HOT)
    desk.clock.go(10)
    desk.parcel("slack")
    desk.begin(FULL)
    desk.outbox.abandon(["email"], desk.now)
    assert desk.outbox.next("slack", desk.now + 100) is None
    (letter,) = desk.outbox.dead_letters()
    assert (letter.channel, letter.answer) == ("slack", "the channel is no longer set up")
    assert desk.deliver() == ["hot triggered", "full triggered"]


def test_messages_are_counted_and_dead_letters_shown(desk: Desk) -> None:
    desk.begin()
    desk.deliver("email")
    desk.outbox.dead(desk.parcel("slack"), "HTTP 403", desk.now)
    assert [(one.channel, one.sending, one.sent, one.dead) for one in desk.outbox.tallies()] == [
        ("email", 0, 1, 0),
        ("slack", 0, 0, 1),
    ]
    (letter,) = desk.outbox.dead_letters()
    assert (letter.channel, letter.attempts, letter.ended_at, letter.answer) == ("slack", 1, desk.now, "HTTP 403")


def test_a_notice_of_an_end_tells_the_last_and_the_worst_value(desk: Desk) -> None:
    desk.begin(HOT, 0.97)
    desk.deliver()
    desk.finish(HOT, 0.5)
    desk.clock.go(10)
    (notice,) = desk.parcel().message.notices
    assert (notice.value, notice.worst, notice.resolved_at, notice.gone) == (0.5, 0.97, desk.now - 10, False)
    assert [process.name for process in notice.processes] == ["make"]
