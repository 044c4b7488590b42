"""Carries one channel's messages from the outbox to the other side, and tries again what did not get through."""

import logging
import threading
from collections.abc import Callable
from enum import Enum

from traybeat.alerts.outbox import Outbox, Parcel
from traybeat.alerts.retry import next_delay
from traybeat.host.logs import fields
from traybeat.model.errors import SecretMissingError, SecretsUnavailableError
from traybeat.model.message import Channel, Rejected, Unreachable
from traybeat.model.service import Clock
from traybeat.model.stop import Stop

log = logging.getLogger("traybeat.courier")

LONGEST_LOOK_SECONDS = 60.0
OFFLINE_LOOK_SECONDS = 15.0
OFFLINE_TRY_SECONDS = 600.0


class Outcome(Enum):
    """How an attempt ended."""

    SENT = "sent"
    RETRIED = "retried"
    DEAD = "dead"


class Courier:
    """The service that works for one channel; a channel that hangs delays no other.

    `online` says whether the machine is connected to anything; while it is not, a remote channel's failures do not
    count. `random` gives numbers from 0 to 1.
    """

    def __init__(
        self,
        channel: Channel,
        outbox: Outbox,
        clock: Clock,
        online: Callable[[], bool],
        random: Callable[[], float],
    ) -> None:
        self.name = f"channel {channel.name}"
        self.counts = dict.fromkeys(Outcome, 0)
        self.trouble: str | None = None
        self._channel = channel
        self._outbox = outbox
        self._clock = clock
        self._online = online
        self._random = random
        self._awake = threading.Event()
        self._cut_off_since: float | None = None

    def wake(self) -> None:
        """Look at the outbox now."""
        self._awake.set()

    def run(self, stop: Stop) -> None:
        """Deliver until told to stop."""
        stop.call(self._awake.set)
        while not stop.is_set():
            self._awake.clear()
            pause = self.work()
            if pause > 0:
                self._awake.wait(pause)

    def work(self) -> float:
        """Do what there is to do now; gives the seconds until the next look."""
        if self._waits_for_a_network():
            return OFFLINE_LOOK_SECONDS
        now = self._clock.wall()
        found = self._outbox.next(self._channel.name, now)
        if found is None:
            return LONGEST_LOOK_SECONDS
        if isinstance(found, Parcel):
            return self._deliver(found)
        return min(max(found - now, 0.01), LONGEST_LOOK_SECONDS)

    def _waits_for_a_network(self) -> bool:
        since = self._cut_off_since
        if since is None:
            return False
        if not self._online() and 0 <= self._clock.monotonic() - since < OFFLINE_TRY_SECONDS:
            return True
        self._cut_off_since = None
        return False

    def _deliver(self, parcel: Parcel) -> float:
        try:
            answer = self._channel.send(parcel.message)
        except Rejected as error:
            return self._give_up(parcel, str(error))
        except SecretsUnavailableError as error:
            return self._wait_for_secret(str(error))
        except (Unreachable, SecretMissingError) as error:
            return self._fail(parcel, str(error), getattr(error, "retry_after", None))
        except Exception as error:
            log.exception("channel failed", extra=fields(part=self._channel.name, kind=type(error).__name__))
            return self._fail(parcel, f"an error of Traybeat's own ({type(error).__name__}); the log tells more", None)
        self._outbox.sent(parcel, answer, self._clock.wall())
        self.counts[Outcome.SENT] += 1
        self.trouble = None
        log.info(
            "message sent", extra=fields(part=self._channel.name, alerts=len(parcel.message.notices), answer=answer)
        )
        return 0.0

    def _wait_for_secret(self, reason: str) -> float:
        """Wait for the keyring to be unlocked; that is no failure of the message's."""
        if reason != self.trouble:
            log.warning("message waits for a secret", extra=fields(part=self._channel.name, kind=reason))
        self.trouble = reason
        return OFFLINE_LOOK_SECONDS

    def _fail(self, parcel: Parcel, reason: str, retry_after: float | None) -> float:
        self.trouble = reason
        if self._channel.remote and not self._online():
            self.trouble = "waiting for a network"
            self._cut_off_since = self._clock.monotonic()
            return OFFLINE_LOOK_SECONDS
        delay = next_delay(parcel.attempts + 1, parcel.waited, retry_after, self._random)
        if delay is None:
            return self._give_up(parcel, f"given up after a day; in the end: {reason}")
        self._outbox.failed(parcel, reason, self._clock.wall(), delay)
        self.counts[Outcome.RETRIED] += 1
        log.warning("message not sent, will try again", extra=fields(part=self._channel.name, kind=reason))
        return 0.0

    def _give_up(self, parcel: Parcel, reason: str) -> float:
        self.trouble = reason
        self._outbox.dead(parcel, reason, self._clock.wall())
        self.counts[Outcome.DEAD] += 1
        log.error("message given up", extra=fields(part=self._channel.name, kind=reason))
        return 0.0
