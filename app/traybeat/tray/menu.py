"""The menu and the tooltip, as values."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from traybeat.engine.status import Readings
from traybeat.model.text import clean
from traybeat.tray.glance import Alert, Details, Glance

MOST_ALERTS = 6
LONGEST = 80
KIB = 1024.0


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu: what is done is named by `key`; one without is only told. No text is a separator."""

    text: str = ""
    key: str | None = None
    checked: bool | None = None
    children: "tuple[Entry, ...]" = ()


SEPARATOR = Entry()


def menu(
    glance: Glance, details: Details, words: Mapping[str, str], *, login: bool | None, snoozed: bool
) -> tuple[Entry, ...]:
    """Give the menu as of now; `login` is None where start at login can't be switched."""
    quiet = [Entry(words["snooze-hour"], "snooze-hour"), Entry(words["snooze-tomorrow"], "snooze-tomorrow")]
    if snoozed:
        quiet.append(Entry(words["snooze-end"], "snooze-end"))
    entries = [
        Entry(headline(glance, words)),
        *_most(details.readings, words),
        *(Entry(_line(alert), f"alert:{alert.id}") for alert in details.alerts[:MOST_ALERTS]),
        *([] if details.newer is None else [Entry(words["newer"].format(version=details.newer), "newer")]),
        SEPARATOR,
        Entry(words["open"], "open"),
        Entry(words["snooze"], children=tuple(quiet)),
        Entry(words["pause"], "pause", checked=glance.level == "paused"),
        SEPARATOR,
        *([] if login is None else [Entry(words["login"], "login", checked=login)]),
        Entry(words["settings"], "settings"),
        Entry(words["about"], "about"),
        SEPARATOR,
        Entry(words["quit"], "quit"),
    ]
    return tuple(entries)


def headline(glance: Glance, words: Mapping[str, str]) -> str:
    """Say how things stand."""
    if not glance.alerts or glance.level == "paused":
        return words[glance.level]
    number = words["alert"] if glance.alerts == 1 else words["alerts"].format(number=glance.alerts)
    return f"{words[glance.level]}: {number}"


def tooltip(glance: Glance, readings: Readings, words: Mapping[str, str]) -> Sequence[str]:
    """Give the lines of the tooltip, the headline first."""
    return (headline(glance, words), *_readings(readings, words))


def _readings(now: Readings, words: Mapping[str, str]) -> Iterator[str]:
    if now.cpu_busy_ratio is not None:
        yield words["cpu"].format(value=percent(now.cpu_busy_ratio))
    if now.memory_used_ratio is not None:
        yield words["memory"].format(value=percent(now.memory_used_ratio))
    fullest = max(now.filesystems, key=lambda one: one.used_ratio or 0, default=None)
    if fullest is not None and fullest.used_ratio is not None:
        yield words["disk"].format(mountpoint=clean(fullest.mountpoint, 30), value=percent(fullest.used_ratio))
    if now.network_receive_bytes_per_second is not None:
        received, sent = now.network_receive_bytes_per_second, now.network_transmit_bytes_per_second or 0
        yield words["network"].format(received=flow(received), sent=flow(sent))
    if now.battery_charge_ratio is not None:
        yield words["battery"].format(value=percent(now.battery_charge_ratio))


def _most(now: Readings, words: Mapping[str, str]) -> list[Entry]:
    if not now.top:
        return []
    top = max(now.top, key=lambda one: one.cpu_ratio)
    told = words["most"].format(name=clean(top.name, 30), cpu=percent(top.cpu_ratio), memory=size(top.memory_bytes))
    return [Entry(told)]


def _line(alert: Alert) -> str:
    return clean(alert.text or alert.name, LONGEST)


def percent(ratio: float) -> str:
    """Write a ratio for people."""
    return f"{ratio * 100:.0f}\N{NARROW NO-BREAK SPACE}%"


def size(value: float) -> str:
    """Write bytes for people."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if value < KIB:
            return f"{value:.3g}\N{NARROW NO-BREAK SPACE}{unit}"
        value /= KIB
    return f"{value:.3g}\N{NARROW NO-BREAK SPACE}TiB"


def flow(value: float) -> str:
    """Write bytes a second for people."""
    for unit in ("B/s", "kB/s", "MB/s"):
        if value < 1000:  # noqa: PLR2004 (units of flow are decimal)
            return f"{value:.3g}\N{NARROW NO-BREAK SPACE}{unit}"
        value /= 1000
    return f"{value:.3g}\N{NARROW NO-BREAK SPACE}GB/s"
