"""The limits library without what nobody needs here: other stores' clients, and decorators for its own manual.

Its package imports a store for every database there is, and with them three megabytes, a fourteenth of what Traybeat
may use. Where a later version no longer bears that, it is imported as it is.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

_ABSENT = (
    *("limits.aio", "limits.storage.memcached", "limits.storage.memory", "limits.storage.mongodb"),
    *("limits.storage.redis", "limits.storage.redis_cluster", "limits.storage.redis_sentinel"),
)
_DECORATORS = ("deprecated", "deprecated.sphinx")


class _StandIn(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return object


class _Decorators(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda **_: lambda decorated: decorated


@contextmanager
def lean() -> Iterator[None]:
    """Import limits within this."""
    if "limits" in sys.modules:
        yield
        return
    made: dict[str, ModuleType] = {name: _StandIn(name) for name in _ABSENT}
    made |= {name: _Decorators(name) for name in _DECORATORS if name not in sys.modules}
    sys.modules.update(made)
    try:
        yield
    finally:
        for name in made:
            sys.modules.pop(name, None)
