"""Libraries without the parts that nobody needs here: servers of their own, clients of stores that are not used.

What is imported once stays for as long as Traybeat runs, and memory is its promise. While a library is imported, empty
modules stand in for those parts, unless somebody has imported the real ones before.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

LIMITS = (
    "importlib.resources",
    *("limits.aio", "limits.storage.memcached", "limits.storage.memory", "limits.storage.mongodb"),
    *("limits.storage.redis", "limits.storage.redis_cluster", "limits.storage.redis_sentinel"),
)
LIMITS_MANUAL = ("deprecated", "deprecated.sphinx")
PILLOW = ("PIL.ExifTags", "PIL.ImageFont", "PIL.ImageText", "PIL.TiffTags")
PROMETHEUS = ("http.server", "socketserver", "urllib.request", "wsgiref.simple_server")
STARLETTE = ("html", "starlette.formparsers")


class _StandIn(ModuleType):
    """Has an empty class for every name."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


class _Decorators(ModuleType):
    """Has for every name a decorator, made with any arguments, that changes nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda **_: lambda decorated: decorated


@contextmanager
def without(*names: str, decorators: tuple[str, ...] = ()) -> Iterator[None]:
    """Import something within this, without modules of these names."""
    made: dict[str, ModuleType] = {name: _StandIn(name) for name in names if name not in sys.modules}
    made |= {name: _Decorators(name) for name in decorators if name not in sys.modules}
    sys.modules.update(made)
    try:
        yield
    finally:
        for name, module in made.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
