"""Whether Traybeat is alive and ready."""

from collections.abc import Mapping

import msgspec


class Health(msgspec.Struct, frozen=True):
    """`ok`, and how each part is."""

    status: str
    parts: Mapping[str, str]
