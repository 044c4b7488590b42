"""Times as they are asked for: RFC 3339 or Unix seconds."""

import math
from datetime import datetime

from traybeat.api.route import ProblemError

LATEST = 4_000_000_000.0


def moment(text: str | None, field: str, default: float) -> float:
    """Read a time; gives Unix seconds."""
    if text is None:
        return default
    found = _seconds(text)
    if found is None or not 0 <= found <= LATEST:
        raise ProblemError(
            422, "A time can't be understood.", ((field, "expected RFC 3339 with its zone, or Unix seconds"),)
        )
    return found


def _seconds(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        pass
    else:
        return number if math.isfinite(number) else None
    try:
        # A plus in a query that was not escaped is a space.
        time = datetime.fromisoformat(text.replace(" ", "+") if text.count(" ") == 1 and "T" in text else text)
        return time.timestamp() if time.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
