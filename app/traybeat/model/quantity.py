"""Values with units, as people read them."""

from collections.abc import Callable, Mapping

_DECIMAL = ("", "k", "M", "G", "T", "P", "E")
_SPANS = ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def unit_of(metric: str, *, rate: bool = False) -> str:
    """Find the unit of a metric's values by its name, as Prometheus' names end in it; `rate` is of rates of it."""
    base = metric.removesuffix("_total")
    unit = next((unit for unit in _UNITS if base.endswith(f"_{unit}")), "")
    if not rate:
        return unit
    return "bytes_per_second" if unit == "bytes" else "per_second"


def quantity(value: float | None, unit: str) -> str:
    """Write a value in a unit: `0.934` of `ratio` is `93.4 %`; `nothing` where there is none."""
    if value is None:
        return "nothing"
    return _UNITS.get(unit, _number)(value)


def span(seconds: float) -> str:
    """Write a duration with its two largest parts: `1 h 30 min`."""
    if seconds < 0:
        return f"-{span(-seconds)}"
    if seconds < 1:
        return f"{_number(seconds)} s"
    rest = round(seconds)
    parts = []
    for size, name in _SPANS:
        if rest >= size:
            parts.append(f"{rest // size} {name}")
        elif parts:
            break
        rest %= size
        if len(parts) == 2 or (parts and not rest):  # noqa: PLR2004 (two parts, as promised)
            break
    return " ".join(parts)


def _number(value: float) -> str:
    """Write with three significant digits, but whole numbers whole."""
    if abs(value) >= 1000 or value == round(value):  # noqa: PLR2004 (three digits)
        return f"{value:.0f}"
    return f"{value:.3g}"


def _short(value: float) -> str:
    """Write with at most one decimal, and none from a hundred on."""
    return f"{value:.1f}".removesuffix(".0") if abs(value) < 99.95 else f"{value:.0f}"  # noqa: PLR2004


def _percent(value: float) -> str:
    return f"{_short(value * 100)} %"


def _bytes(value: float) -> str:
    size, step = value, 0
    while abs(size) >= 999.5 and step < len(_DECIMAL) - 1:  # noqa: PLR2004 (999.5 is shown as 1000)
        size, step = size / 1000, step + 1
    return f"{_short(size)} {_DECIMAL[step]}B"


def _celsius(value: float) -> str:
    return f"{_short(value)} °C"


# A longer name stands before the one that it ends in.
_UNITS: Mapping[str, Callable[[float], str]] = {
    "bytes_per_second": lambda value: f"{_bytes(value)}/s",
    "per_second": lambda value: f"{_number(value)}/s",
    "timestamp_seconds": lambda value: f"{value:.0f}",
    "seconds": span,
    "ratio": _percent,
    "bytes": _bytes,
    "celsius": _celsius,
    "hertz": lambda value: f"{_bytes(value)[:-1]}Hz",
    "rpm": lambda value: f"{_number(value)} rpm",
}
