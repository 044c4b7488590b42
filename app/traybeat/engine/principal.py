"""Who asks: the holder of a key, or the program's own window."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal


class Scope(IntEnum):
    """What somebody may do: a viewer reads, an admin writes, too."""

    VIEWER = 1
    ADMIN = 2


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody whom the gate has let in. `name` is the key's name, or the session's."""

    name: str
    scope: Scope
    kind: Literal["key", "window"]


PRINCIPAL = "traybeat.principal"
"""Where the gate puts it in the ASGI scope."""

PEER = "traybeat.peer"
"""Where it puts the address of who asks, which is not the connection's behind a proxy."""
