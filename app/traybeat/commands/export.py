"""`traybeat export`: series from history as text for other programs."""

import argparse
import re
import sqlite3
import sys
import time
from contextlib import suppress
from datetime import datetime

from traybeat.host import control
from traybeat.host.paths import Paths
from traybeat.model.errors import TraybeatError
from traybeat.store.archive import open_archive
from traybeat.store.export import Form
from traybeat.store.export import export as lines
from traybeat.store.selector import Matcher, Selector, matcher

_AGO = re.compile(r"(\d+(?:\.\d+)?)([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


class WrongArgumentError(TraybeatError):
    """Something on the command line that can't be used."""


def export(paths: Paths, options: argparse.Namespace) -> int:
    """Write the series that the options mean to standard output; gives the exit code. Raises TraybeatError."""
    now = time.time()
    selector = Selector(options.metric, tuple(_label(text) for text in options.label))
    start, end = moment(options.start, now), moment(options.end, now)
    with suppress(control.NotRunningError):
        control.ask(control.address(paths), "flush", timeout=30)  # what came last is not on disk yet
    if not paths.telemetry.exists():
        raise TraybeatError(f"there is no history yet in {paths.telemetry}")
    try:
        reader = open_archive(paths.telemetry)
        for line in lines(reader, selector, start, end, Form(options.format)):
            sys.stdout.write(line)
    except sqlite3.Error as error:
        raise TraybeatError(f"{paths.telemetry} can't be read: {error}") from None
    return 0


def moment(text: str, now: float) -> float:
    """Read a time as Unix seconds: RFC 3339, Unix seconds, or how long before `now`; raises WrongArgumentError."""
    if ago := _AGO.fullmatch(text):
        return now - float(ago[1]) * _SECONDS[ago[2]]
    with suppress(ValueError):
        return float(text)
    with suppress(ValueError):
        when = datetime.fromisoformat(text)
        return when.timestamp()
    raise WrongArgumentError(f"{text!r} is no time: give RFC 3339, Unix seconds, or how long ago, such as 30m, 24h, 7d")


def _label(text: str) -> Matcher:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise WrongArgumentError(f"{text!r} is no label: give NAME=VALUE")
    return matcher(name, value)
