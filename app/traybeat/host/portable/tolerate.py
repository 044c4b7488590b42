"""psutil's calls raise, return None or are missing, each on some platform: all of that means the same here."""

from typing import Any


def refusals(psutil: Any) -> tuple[type[Exception], ...]:
    """Name everything that psutil's calls raise where there is nothing to be had."""
    return (psutil.Error, OSError, RuntimeError, AttributeError, ValueError, KeyError)


def tolerate(psutil: Any, call: str, *arguments: object, **options: object) -> Any:
    """Call psutil's function of that name; None where it is missing, raises or gives nothing."""
    function = getattr(psutil, call, None)
    if function is None:
        return None
    try:
        return function(*arguments, **options)
    except refusals(psutil):
        return None
