from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import pytest

from alarms import Desk
from fakes import FakeSecrets
from traybeat.channels.registry import Outfit, Registration
from traybeat.engine.notifier import MESSAGES, ChannelState, NoSuchChannelError, Notifier
from traybeat.engine.supervisor import Supervisor
from traybeat.model.errors import Fault
from traybeat.model.message import Message, Rejected
from traybeat.model.service import Service
from traybeat.model.settings import ChannelOptions, Settings


@dataclass(frozen=True, slots=True)
class Options(ChannelOptions):
    to: Annotated[str | None, "Where to"] = None


class FakeChannel:
    remote = False

    def __init__(self, name: str, options: Options) -> None:
        self.name = name
        self.options = options

    def send(self, message: Message) -> str:
        if self.options.to == "nobody":
            raise Rejected("there is nobody")
        return f"{message.kind} to {self.options.to}"


def registration(name: str) -> Registration:
    def build(options: Options, outfit: Outfit) -> FakeChannel | None:
        if options.to == "breaks":
            raise RuntimeError("no")
        return FakeChannel(name, options) if options.to else None

    def check(options: Options) -> Iterator[Fault]:
        if options.to == "wrong":
            yield Fault("to", "wrong", "right")

    return Registration(name, Options, build, check)


class FakeSupervisor(Supervisor):
    """Keeps the services without running them."""

    def __init__(self) -> None:
        super().__init__()
        self.services: dict[str, Service] = {}
        self.started: list[str] = []

    def start(self, service: Service) -> None:
        self.services[service.name] = service
        self.started.append(service.name)

    def end(self, name: str, seconds: float = 0) -> bool:
        return self.services.pop(name, None) is not None


def settings(**to: str | None) -> Settings:
    return Settings(channels={name: Options(where) for name, where in to.items()})


class Office:
    def __init__(self, directory: Path) -> None:
        self.desk = Desk(directory, channels=())
        self.supervisor = FakeSupervisor()
        outfit = Outfit(FakeSecrets(), "box")
        registrations = [registration("email"), registration("slack")]
        self.notifier = Notifier(
            registrations, outfit, self.desk.outbox, self.supervisor, self.desk.clock, lambda: True, lambda: 0.5
        )
        self.settings = Settings()

    def apply(self, **to: str | None) -> None:
        new = settings(**to)
        self.notifier.apply(self.settings, new)
        self.settings = new


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_a_courier_runs_for_each_channel_that_is_set_up(office: Office) -> None:
    office.apply(email="ann", slack=None)
    assert office.notifier.names() == ("email",)
    assert list(office.supervisor.services) == ["channel email"]


def test_only_what_changes_is_built_anew(office: Office) -> None:
    office.apply(email="ann", slack="ops")
    office.apply(email="ann", slack="dev")
    assert office.supervisor.started == ["channel email", "channel slack", "channel slack"]


def test_a_channel_that_is_switched_off_gives_up_what_waits(office: Office) -> None:
    office.apply(email="ann", slack="ops")
    office.desk.channels = ["email", "slack"]
    office.desk.begin()
    office.apply(email="ann", slack=None)
    assert office.notifier.names() == ("email",)
    (incident,) = office.desk.history.active()
    assert [(one.channel, one.state) for one in incident.deliveries] == [("email", "waiting"), ("slack", "dropped")]


def test_a_channel_that_can_not_be_built_takes_no_other_with_it(office: Office) -> None:
    office.apply(email="breaks", slack="ops")
    assert office.notifier.names() == ("slack",)


def test_faults_are_told_with_their_whole_path(office: Office) -> None:
    (fault,) = office.notifier.check(settings(email="wrong"))
    assert fault.path == "channels.email.to"
    assert office.notifier.check(Settings()) == ()


def test_a_test_message_tells_what_the_other_side_answered(office: Office) -> None:
    office.apply(email="ann", slack="nobody")
    assert office.notifier.test("email") == "test to ann"
    with pytest.raises(Rejected, match="there is nobody"):
        office.notifier.test("slack")
    for name in ("pager", ""):
        with pytest.raises(NoSuchChannelError):
            office.notifier.test(name)
    office.apply(email=None, slack=None)
    with pytest.raises(NoSuchChannelError, match="'email' is not set up"):
        office.notifier.test("email")


def test_the_state_of_each_channel_is_told_and_counted(office: Office) -> None:
    office.apply(email="ann", slack="nobody")
    office.desk.channels = ["email", "slack"]
    office.desk.begin()
    office.desk.clock.go(10)
    office.notifier.wake()
    for service in office.supervisor.services.values():
        service.work()  # type: ignore[attr-defined]
    assert office.notifier.states() == (
        ChannelState("email", 0, 1, 0, None),
        ChannelState("slack", 0, 0, 1, "there is nobody"),
    )
    counts = {sample.labels: sample.value for sample in office.notifier.counts()}
    assert counts["email", "sent"] == counts["slack", "dead"] == 1
    assert sum(counts.values()) == 2
    assert len(counts) == 6
    assert all(sample.metric is MESSAGES for sample in office.notifier.counts())


def test_a_channel_that_has_told_nothing_yet_has_a_state_too(office: Office) -> None:
    office.apply(email="ann")
    assert office.notifier.states() == (ChannelState("email", 0, 0, 0, None),)


def test_the_same_settings_again_change_nothing(office: Office) -> None:
    office.apply(email="ann")
    office.notifier.apply(office.settings, replace(office.settings))
    assert office.supervisor.started == ["channel email"]
