import email
import json
import random
import subprocess
import sys
import time
from collections import Counter
from email.message import Message
from pathlib import Path

import pytest

import storm
from agent import until
from counterparts import HttpPeer, Mailbox, http_server, mail_server
from traybeat.alerts.journal import Journal

KILLS = 10
SERIES = 120


def hooked(peer: HttpPeer) -> list[tuple[str, list[str]]]:
    """What reached the webhook: each message's key, and the places that it told of."""
    bodies = [json.loads(request.body) for request in peer.requests]
    return [(body["key"], [alert["labels"]["place"] for alert in body["alerts"]]) for body in bodies]


def mailed(box: Mailbox) -> list[str]:
    """The ids of the mails that arrived."""
    mails: list[Message] = [email.message_from_bytes(content) for content in box.mails]
    return [mail["Message-ID"] for mail in mails]


def weather(directory: Path, box: Mailbox, peer: HttpPeer, kills: int, series: int, seed: int) -> None:
    """Storm, killing the process at random moments; the last one lives until everything is told."""
    chance = random.Random(seed)  # noqa: S311 (moments to kill at)
    began = time.time()
    command = [sys.executable, storm.__file__, str(directory), str(box.port), str(peer.port), str(series), str(began)]
    for _ in range(kills):
        with subprocess.Popen(command) as process:
            time.sleep(chance.uniform(0.25, 0.9))
            process.kill()
    with subprocess.Popen(command) as process:
        until(lambda: told(directory) == (series, 2 * series), 60, "the end of the storm")
        process.kill()


def told(directory: Path) -> tuple[int, int]:
    """How many alerts there are, and how many events of theirs were sent."""
    journal = Journal(directory / "journal.db", time.time)
    (row,) = journal.read(
        """SELECT (SELECT count(*) FROM alerts), (SELECT count(*) FROM outbox
        JOIN messages ON messages.number = outbox.message WHERE messages.state = 'sent')"""
    )
    journal.close()
    return row[0], row[1]


def check(box: Mailbox, peer: HttpPeer, kills: int, series: int) -> tuple[int, int]:
    """See that nothing was lost, and give how many mails and messages came twice."""
    posts = hooked(peer)
    places = {place for _, told in posts for place in told}
    assert places == {str(place) for place in range(series)}
    keys = Counter(key for key, _ in posts)
    once = dict(posts)
    assert sum(len(told) for told in once.values()) == series, "an alert was told in two messages"
    mails = Counter(mailed(box))
    twice = sum(mails.values()) - len(mails), sum(keys.values()) - len(keys)
    assert max(twice) <= kills
    return twice


@pytest.mark.skipif(sys.platform == "win32", reason="kills as Windows can't")
def test_killed_in_a_storm_no_alert_is_lost_and_few_are_told_twice(tmp_path: Path, free_port: int) -> None:
    with mail_server(free_port) as box, http_server() as peer:
        weather(tmp_path, box, peer, KILLS, SERIES, seed=4)
        check(box, peer, KILLS, SERIES)
