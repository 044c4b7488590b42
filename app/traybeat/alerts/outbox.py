"""What is to be told, kept until it was: events wait, are bundled into messages, and those are tried until they end.

A message is written down whole before it is first tried, and tried again word for word under the same key. So a crash
can make a message arrive twice, but never change or vanish.
"""

import os
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from traybeat.alerts.bundle import Bundle, Cap, Waiting, bundle, message
from traybeat.alerts.history import incident
from traybeat.alerts.journal import Journal
from traybeat.alerts.silence import Silence
from traybeat.model.message import Message

LONGEST_WAIT_SECONDS = 3 * 86_400.0

_WAITING = """
SELECT outbox.number AS number, outbox.event, outbox.state, outbox.due_at, told.state AS told, outbox.alert
FROM outbox
LEFT JOIN outbox AS first
  ON first.alert = outbox.alert AND first.channel = outbox.channel AND first.event = 'triggered'
LEFT JOIN messages AS told ON told.number = first.message
WHERE outbox.channel = ? AND outbox.state IN ('waiting', 'held', 'capped')
ORDER BY outbox.number
"""
_INSERT = (
    "INSERT INTO messages (key, channel, kind, body, state, created_at, due_at) VALUES (?, ?, ?, ?, 'sending', ?, ?)"
)
_GIVE_UP = """
UPDATE messages SET state = 'dead', ended_at = ?, answer = 'the channel is no longer set up'
WHERE state = 'sending' AND channel NOT IN (%s)
"""
_DROP = "UPDATE outbox SET state = 'dropped' WHERE state IN ('waiting', 'held', 'capped') AND channel NOT IN (%s)"


class Parcel(NamedTuple):
    """A message on its way, and how often it was tried in vain: `waited` seconds so far."""

    number: int
    message: Message
    attempts: int
    waited: float


@dataclass(frozen=True, slots=True)
class Tally:
    """How many messages of a channel are in each state."""

    channel: str
    sending: int = 0
    sent: int = 0
    dead: int = 0


class DeadLetter(NamedTuple):
    """A message that was given up, and why."""

    channel: str
    key: str
    ended_at: float
    attempts: int
    answer: str


class Outbox:
    """The waiting events and the messages. `host` is this machine's name; times are Unix seconds."""

    def __init__(self, journal: Journal, silence: Silence, host: str, cap: Cap = Cap()) -> None:  # noqa: B008 (immutable)
        self._journal = journal
        self._silence = silence
        self._host = host
        self._cap = cap

    def next(self, channel: str, now: float) -> Parcel | float | None:
        """Give the message to try now, or when to look again, or None where nothing waits.

        One message is under way at a time, so that an end never overtakes its beginning.
        """
        under_way = self._journal.read(
            "SELECT * FROM messages WHERE channel = ? AND state = 'sending' ORDER BY number LIMIT 1", (channel,)
        )
        if under_way:
            later = _later(under_way[0]["due_at"], now)
            return later or _parcel(under_way[0])
        waiting = self._journal.read(_WAITING, (channel,))
        if not waiting:
            return None
        later = _later(min(row["due_at"] for row in waiting), now)
        return later or self._journal.write(lambda db: self._post(db, channel, now))

    def sent(self, parcel: Parcel, answer: str, now: float) -> None:
        """Note that a message arrived."""
        self._end(parcel, "sent", answer, now)

    def dead(self, parcel: Parcel, reason: str, now: float) -> None:
        """Give a message up."""
        self._end(parcel, "dead", reason, now)

    def failed(self, parcel: Parcel, reason: str, now: float, delay: float) -> None:
        """Note that an attempt failed; the next is due in `delay` seconds."""
        sql = (
            "UPDATE messages SET attempts = attempts + 1, waited = waited + ?, due_at = ?, answer = ? WHERE number = ?"
        )
        self._journal.write(lambda db: db.execute(sql, (delay, now + delay, reason, parcel.number)))

    def postpone(self, parcel: Parcel, reason: str, until: float) -> None:
        """Let a message wait without counting a failure."""
        sql = "UPDATE messages SET due_at = ?, answer = ? WHERE number = ?"
        self._journal.write(lambda db: db.execute(sql, (until, reason, parcel.number)))

    def release(self, now: float) -> None:
        """Look again at everything that is held back: the silence has changed."""
        self._journal.write(lambda db: db.execute("UPDATE outbox SET due_at = ? WHERE state = 'held'", (now,)))

    def abandon(self, known: Sequence[str], now: float) -> None:
        """Give up what waits for channels that are not among the known ones."""
        marks = ", ".join("?" * len(known))

        def work(db: sqlite3.Connection) -> None:
            db.execute(_GIVE_UP % marks, (now, *known))
            db.execute(_DROP % marks, known)

        self._journal.write(work)

    def tallies(self) -> tuple[Tally, ...]:
        """Count the messages of each channel."""
        counts: dict[str, dict[str, int]] = {}
        rows = self._journal.read("SELECT channel, state, count(*) FROM messages GROUP BY 1, 2 ORDER BY 1")
        for channel, state, count in rows:
            counts.setdefault(channel, {})[state] = count
        return tuple(Tally(channel, **found) for channel, found in counts.items())

    def dead_letters(self, most: int = 20) -> tuple[DeadLetter, ...]:
        """Give the newest messages that were given up."""
        rows = self._journal.read(
            """SELECT channel, key, ended_at, attempts, answer FROM messages
            WHERE state = 'dead' ORDER BY ended_at DESC LIMIT ?""",
            (most,),
        )
        return tuple(DeadLetter(*row) for row in rows)

    def _end(self, parcel: Parcel, state: str, answer: str, now: float) -> None:
        sql = "UPDATE messages SET attempts = attempts + 1, state = ?, answer = ?, ended_at = ? WHERE number = ?"
        self._journal.write(lambda db: db.execute(sql, (state, answer, now, parcel.number)))

    def _post(self, db: sqlite3.Connection, channel: str, now: float) -> Parcel | float | None:
        recent = db.execute(
            "SELECT created_at FROM messages WHERE channel = ? AND created_at > ? ORDER BY created_at",
            (channel, now - self._cap.seconds),
        )
        found = bundle(_waiting(db, channel), self._silence.until, [row[0] for row in recent], now, self._cap)
        _set_aside(db, found)
        if not found.tell or found.capped_until is not None:
            return found.again_at
        return self._seal(db, channel, found.tell, now)

    def _seal(self, db: sqlite3.Connection, channel: str, tell: Sequence[Waiting], now: float) -> Parcel:
        sealed = message(tell, os.urandom(16).hex(), self._host, now)
        body = msgspec.json.encode(sealed).decode()
        number = db.execute(_INSERT, (sealed.key, channel, sealed.kind, body, now, now)).lastrowid or 0
        db.executemany(
            "UPDATE outbox SET state = 'bundled', message = ? WHERE number = ?", [(number, one.number) for one in tell]
        )
        return Parcel(number, sealed, 0, 0.0)


def _later(due: float, now: float) -> float | None:
    """Give a time that is still to come; one too far ahead is of a clock that was wrong, and counts as come."""
    return due if now < due <= now + LONGEST_WAIT_SECONDS else None


def _parcel(row: sqlite3.Row) -> Parcel:
    return Parcel(row["number"], msgspec.json.decode(row["body"], type=Message), row["attempts"], row["waited"])


def _waiting(db: sqlite3.Connection, channel: str) -> list[Waiting]:
    found = db.execute(_WAITING, (channel,)).fetchall()
    alerts = {row["alert"] for row in found}
    rows = {alert: db.execute("SELECT * FROM alerts WHERE number = ?", (alert,)).fetchone() for alert in alerts}
    return [
        Waiting(row["number"], row["event"], row["state"], row["due_at"], row["told"], incident(rows[row["alert"]]))
        for row in found
    ]


def _set_aside(db: sqlite3.Connection, found: Bundle) -> None:
    db.executemany("UPDATE outbox SET state = 'dropped' WHERE number = ?", [(number,) for number in found.drop])
    db.executemany(
        "UPDATE outbox SET state = 'held', due_at = ? WHERE number = ?",
        [(until, number) for number, until in found.hold],
    )
    if found.capped_until is not None:
        db.executemany(
            "UPDATE outbox SET state = 'capped', due_at = ? WHERE number = ?",
            [(found.capped_until, one.number) for one in found.tell],
        )
