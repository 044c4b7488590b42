"""Which machine is watched: this one, or from within a container the host whose files are mounted there.

Variables rather than settings: they say where the program was put, and can't change while it runs.
"""

import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

from traybeat.host.machine import Roots
from traybeat.model.errors import Fault

NAME = "TRAYBEAT_HOST_NAME"
_PROC, _SYS, _ROOT = "TRAYBEAT_HOST_PROC", "TRAYBEAT_HOST_SYS", "TRAYBEAT_HOST_ROOT"
# What each has below it, wherever it is mounted, and what of the host belongs there.
_SIGNS = {_PROC: ("stat", "/proc"), _SYS: ("class", "/sys"), _ROOT: ("etc", "/")}


def locate(environ: Mapping[str, str]) -> Roots:
    """Find the kernel's files and the file systems: where the variables say, else at their own places."""
    places = {name: Path(environ[variable]) for name, variable in _named(environ)}
    return Roots(**places)


def node(environ: Mapping[str, str]) -> str:
    """Give the watched machine's name: a container has one of its own, that means nothing to anybody."""
    return environ.get(NAME) or socket.gethostname()


def faults(environ: Mapping[str, str]) -> Iterator[Fault]:
    """Say which variable names a place where nothing of the host is mounted."""
    for _, variable in _named(environ):
        path = environ[variable]
        sign, what = _SIGNS[variable]
        if not Path(path).is_absolute() or not Path(path, sign).exists():
            yield Fault(
                variable, f"{path}, which has no {sign} in it", f"the directory where the host's {what} is mounted"
            )


def _named(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, variable in (("proc", _PROC), ("sys", _SYS), ("root", _ROOT)):
        if environ.get(variable):
            yield name, variable
