"""Who may ask the program something, and how that is answered."""

import hashlib
import os
import socket
from collections.abc import Callable

from traybeat.api.answering import Answering
from traybeat.api.api import Api, Late
from traybeat.api.cache import Cache
from traybeat.api.guard import Doors
from traybeat.api.ledger import Ledger
from traybeat.composition.alarm import Alarm
from traybeat.engine.feed import Feed
from traybeat.engine.keys import Keyring
from traybeat.engine.rates import Rates
from traybeat.engine.refusal import App
from traybeat.engine.sessions import Sessions
from traybeat.engine.site import Rhythm
from traybeat.host.lean import STARLETTE, without
from traybeat.host.paths import Paths
from traybeat.host.roots import node
from traybeat.host.vault import Vault
from traybeat.model.service import Clock
from traybeat.model.settings import Settings


class Front:
    """Who may ask, and what is told to whoever listens, put together; the answers are built when they are asked for."""

    def __init__(
        self,
        paths: Paths,
        clock: Clock,
        settings: Settings,
        rates: Rates,
        vault: Vault,
        alarm: Alarm,
        tidy: Callable[[], None],
    ) -> None:
        self.sessions, self.keyring = Sessions(clock.monotonic), Keyring(alarm.journal, clock.wall)
        self.doors = Doors(self.keyring, self.sessions, Ledger(rates, clock.wall))
        agent = hashlib.sha256(f"{socket.gethostname()}:{paths.data}".encode()).hexdigest()[:16]
        self.cache = Cache(clock.monotonic, agent)
        self.feed = Feed(tidy)
        self.late = Late()
        self.api = Api(
            *(self.late, self.doors, self.cache, vault.quick, node(os.environ), settings, clock.monotonic, Rhythm())
        )


def answers(parts: Answering) -> App:
    """Build all that the API answers with; it is loaded when somebody first asks."""
    with without(*STARLETTE):
        from traybeat.api.assembly import assemble

    return assemble(parts)
