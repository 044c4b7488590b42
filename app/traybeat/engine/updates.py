"""Looks once a day whether there is a newer version, where the user wants that, and says so. It installs nothing."""

import logging
from collections.abc import Callable
from pathlib import Path

import msgspec

from traybeat.engine.supervisor import Supervisor
from traybeat.host.files import write_private
from traybeat.host.logs import fields
from traybeat.model.errors import Fault
from traybeat.model.service import Clock
from traybeat.model.settings import Settings, Updates
from traybeat.model.stop import Stop
from traybeat.updates.edition import Edition, chosen, faults
from traybeat.updates.manifest import ManifestError, Release, judge, newer

log = logging.getLogger("traybeat.updates")

DAY_SECONDS = 86_400.0
_LOOK_SECONDS = 900.0  # the wait for the next day is not one sleep: a machine that slept would wait too long
_FIRST_LOOK_SECONDS = 60.0

_NOWHERE = (
    "this copy was built without a place to ask for newer versions; "
    "updates.manifest and updates.public_key can name one"
)

Ask = Callable[[Edition], Release]


class UpdateState(msgspec.Struct, frozen=True):
    """Whether there is a newer version: `version` and its `page`, or None.

    `asked` is when that was asked for last (Unix seconds), `problem` why there was no answer.
    """

    wanted: bool
    asked: float | None = None
    version: str | None = None
    page: str | None = None
    problem: str | None = None


class _Memory(msgspec.Struct):
    """What is kept from day to day; times in Unix seconds, `told` the version that the user was told of."""

    asked: float = 0.0
    released: float = 0.0
    version: str = ""
    page: str = ""
    told: str = ""
    problem: str | None = None


class UpdateCheck:
    """Starts and ends with the setting; `own` is our version, `tell` speaks to whoever sits at the machine."""

    name = "updates"

    def __init__(
        self,
        file: Path,
        clock: Clock,
        supervisor: Supervisor,
        ask: Ask,
        edition: Edition,
        own: str,
        tell: Callable[[str], None],
    ) -> None:
        self._file, self._clock, self._supervisor = file, clock, supervisor
        self._ask, self._edition, self._own, self._tell = ask, edition, own, tell
        self._settings = Updates()
        self._memory = self._recall()

    def check(self, new: Settings) -> tuple[Fault, ...]:
        """Say what of the new settings can't work."""
        return faults(new.updates)

    def apply(self, old: Settings, new: Settings) -> None:  # noqa: ARG002 (what runs is known here)
        """Begin to ask, or cease to."""
        if new.updates == self._settings:
            return
        if self._asks:
            self._supervisor.end(self.name, 0.1)
        self._settings = new.updates
        if self._asks:
            self._supervisor.start(self)

    @property
    def _asks(self) -> bool:
        return self._settings.check and bool(chosen(self._settings, self._edition).manifest)

    @property
    def state(self) -> UpdateState:
        """Say what is known."""
        if not self._settings.check:
            return UpdateState(wanted=False)
        if not self._asks:
            return UpdateState(wanted=True, problem=_NOWHERE)
        memory, there = self._memory, newer(self._memory.version, self._own)
        return UpdateState(
            wanted=True,
            asked=memory.asked or None,
            version=memory.version if there else None,
            page=memory.page if there else None,
            problem=memory.problem,
        )

    def run(self, stop: Stop) -> None:
        """Ask when a day has passed since the last time, be that before a restart."""
        wait = _FIRST_LOOK_SECONDS  # a start has better things to do
        while not stop.wait(wait):
            wait = _LOOK_SECONDS
            self.look()

    def look(self) -> None:
        """Ask, where that is due."""
        now, memory = self._clock.wall(), self._memory
        if 0 <= now - memory.asked < DAY_SECONDS:
            return
        memory.asked = now
        self._keep()  # first: a question that ends the program is not asked again and again
        try:
            release = self._ask(chosen(self._settings, self._edition))
            judge(release, now, memory.released)
        except ManifestError as error:
            memory.problem = str(error)
            log.warning("no answer about newer versions", extra=fields(part=self.name, reason=str(error)))
        else:
            memory.problem = None
            memory.version, memory.released, memory.page = release.version, release.released, release.page
            self._announce()
        self._keep()

    def _announce(self) -> None:
        memory = self._memory
        if newer(memory.version, self._own) and memory.told != memory.version:
            memory.told = memory.version
            log.info("there is a newer version", extra=fields(part=self.name, version=memory.version))
            self._tell(f"Traybeat {memory.version} is there (this is {self._own}): {memory.page}")

    def _recall(self) -> _Memory:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=_Memory)
        except (OSError, msgspec.DecodeError, msgspec.ValidationError):
            return _Memory()

    def _keep(self) -> None:
        try:
            write_private(self._file, msgspec.json.encode(self._memory))
        except OSError as error:
            log.warning("not noted", extra=fields(part=self.name, reason=error.strerror or str(error)))
