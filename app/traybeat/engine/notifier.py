"""The channels that are set up, each with a courier, as the settings have it."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from traybeat.alerts.outbox import Outbox
from traybeat.channels.registry import Outfit, Registration
from traybeat.engine.courier import Courier
from traybeat.engine.supervisor import Supervisor
from traybeat.host.logs import fields
from traybeat.model.errors import Fault, TraybeatError
from traybeat.model.message import Channel, Message
from traybeat.model.metric import Sample, counter
from traybeat.model.service import Clock
from traybeat.model.settings import ChannelOptions, Settings

log = logging.getLogger("traybeat.notifier")

STOP_SECONDS = 1.0

MESSAGES = counter(
    "agent_messages_total", "", "Attempts to tell of alerts; outcome sent, retried or dead.", "channel", "outcome"
)
METRICS = (MESSAGES,)


class ChannelState(NamedTuple):
    """How a channel fares: messages under way, delivered, given up; `trouble` is the last attempt's, if it failed."""

    name: str
    sending: int
    sent: int
    dead: int
    trouble: str | None


class NoSuchChannelError(TraybeatError):
    """A channel that is not set up."""


class Notifier:
    """Starts a courier for every channel that is set up; one whose options change is built anew, the others go on."""

    def __init__(
        self,
        registrations: Sequence[Registration],
        outfit: Outfit,
        outbox: Outbox,
        supervisor: Supervisor,
        clock: Clock,
        online: Callable[[], bool],
        random: Callable[[], float],
    ) -> None:
        self._registrations = {one.name: one for one in registrations}
        self._outfit = outfit
        self._outbox = outbox
        self._supervisor = supervisor
        self._clock = clock
        self._online = online
        self._random = random
        self._lock = threading.Lock()
        self._couriers: dict[str, Courier] = {}
        self._options: dict[str, ChannelOptions] = {}

    def check(self, new: Settings) -> tuple[Fault, ...]:
        """Say what of the channels' options can't be."""
        return tuple(faults(tuple(self._registrations.values()), new))

    def apply(self, old: Settings, new: Settings) -> None:
        """Build what changed, and give up what waits for channels that are gone."""
        for name, registration in self._registrations.items():
            options = new.channels.get(name, registration.options())
            if name in self._options and old.channels.get(name) == new.channels.get(name):
                continue
            self._stop(name)
            self._options[name] = options
            channel = self._build(name)
            if channel is not None:
                self._start(channel)
        self._outbox.abandon(self.names(), self._clock.wall())

    def names(self) -> tuple[str, ...]:
        """Name the channels that are set up."""
        with self._lock:
            return tuple(sorted(self._couriers))

    def wake(self) -> None:
        """Tell every courier that there is something new."""
        with self._lock:
            couriers = tuple(self._couriers.values())
        for courier in couriers:
            courier.wake()

    def test(self, name: str) -> str:
        """Send a test message and give the other side's answer; raises NoSuchChannelError and what channels raise."""
        channel = self._build(name) if name in self._options else None
        if channel is None:
            raise NoSuchChannelError(f"the channel {name!r} is not set up")
        now = self._clock.wall()
        return channel.send(Message(f"test-{int(now)}", self._outfit.host, now, kind="test"))

    def states(self) -> tuple[ChannelState, ...]:
        """Say how the channels fare."""
        tallies = {one.channel: one for one in self._outbox.tallies()}
        with self._lock:
            couriers = dict(self._couriers)
        return tuple(
            ChannelState(name, tally.sending, tally.sent, tally.dead, courier.trouble)
            if (tally := tallies.get(name))
            else ChannelState(name, 0, 0, 0, courier.trouble)
            for name, courier in sorted(couriers.items())
        )

    def counts(self) -> Iterator[Sample]:
        """Count the attempts since the start."""
        with self._lock:
            couriers = dict(self._couriers)
        for name, courier in couriers.items():
            for outcome, count in courier.counts.items():
                yield MESSAGES.sample(count, name, outcome.value)

    def _build(self, name: str) -> Channel | None:
        try:
            return self._registrations[name].build(self._options[name], self._outfit)
        except Exception as error:
            log.exception("channel can't be built", extra=fields(part=name, kind=type(error).__name__))
            return None

    def _start(self, channel: Channel) -> None:
        courier = Courier(channel, self._outbox, self._clock, self._online, self._random)
        with self._lock:
            self._couriers[channel.name] = courier
        self._supervisor.start(courier)

    def _stop(self, name: str) -> None:
        with self._lock:
            courier = self._couriers.pop(name, None)
        if courier is not None:
            self._supervisor.end(courier.name, STOP_SECONDS)


def faults(registrations: Sequence[Registration], settings: Settings) -> Iterator[Fault]:
    """Tell what is wrong with the channels' options."""
    for one in registrations:
        options = settings.channels.get(one.name)
        if options is not None:
            yield from (replace(fault, path=f"channels.{one.name}.{fault.path}") for fault in one.check(options))
