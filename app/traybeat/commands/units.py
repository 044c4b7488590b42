"""Numbers for people: two or three significant digits, the unit behind a space."""

_BINARY = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")
_DECIMAL = ("B", "kB", "MB", "GB", "TB", "PB", "EB")
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
UNKNOWN = "--"
_THREE_DIGITS, _TWO_DIGITS = 99.95, 9.95


def short(value: float) -> str:
    """Write a number with about three significant digits."""
    return f"{value:.0f}" if abs(value) >= _THREE_DIGITS else f"{value:.1f}".removesuffix(".0")


def _scaled(value: float, step: float, names: tuple[str, ...]) -> tuple[float, str]:
    power = 0
    while abs(value) >= step - 0.5 and power < len(names) - 1:
        value, power = value / step, power + 1
    return value, names[power]


def size(value: float | None) -> str:
    """Write bytes of memory or of a disk: `5.2 GiB`."""
    if value is None:
        return UNKNOWN
    number, name = _scaled(value, 1024, _BINARY)
    return f"{short(number)} {name}"


def part(used: float | None, whole: float | None) -> str:
    """Write how much of how much, the unit once: `61 of 238 GiB`."""
    if used is None or whole is None:
        return UNKNOWN
    number, name = _scaled(whole, 1024, _BINARY)
    return f"{short(used / 1024 ** _BINARY.index(name))} of {short(number)} {name}"


def flow(value: float | None) -> str:
    """Write bytes per second: `4.6 MB/s`."""
    if value is None:
        return UNKNOWN
    number, name = _scaled(value, 1000, _DECIMAL)
    return f"{short(number)} {name}/s"


def percent(ratio: float | None) -> str:
    """Write a ratio of 0 to 1: `23 %`; below ten percent with one digit more."""
    if ratio is None:
        return UNKNOWN
    value = ratio * 100
    return f"{value:.0f} %" if value >= _TWO_DIGITS or value == 0 else f"{value:.1f} %"


def span(seconds: float | None) -> str:
    """Write a length of time with its two largest units: `2 h 13 min`."""
    if seconds is None:
        return UNKNOWN
    whole = max(int(seconds), 0)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min"
    if whole < _DAY:
        return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} min"
    return f"{whole // _DAY} d {whole % _DAY // _HOUR} h"
