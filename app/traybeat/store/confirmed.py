"""The time that has surely come: a clock that jumps ahead must not make history old."""

STEP_SECONDS = 600.0
"""A step ahead that raises no doubt."""
HOLD_SECONDS = 3600.0
"""How long a clock that jumped must stay ahead to be believed."""


class Confirmed:
    """Follows the wall clock, but not where it jumps ahead, until it has stayed there for an hour.

    The machine may have slept, or have been off, or have lost its time: at first they look the same. `claim` is the
    wall clock's time when the jump was seen; kept over restarts, it lets short sessions add up. After a second jump,
    only the time before it is believed.
    """

    def __init__(self, newest: float | None, claim: float | None) -> None:
        self._time = newest
        self._last = claim
        self.claim = claim

    def at(self, wall: float) -> float:
        """Observe the wall clock; give a time up to which it is to be trusted."""
        time = self._time if self._time is not None else wall
        if wall - time <= STEP_SECONDS:
            self._believe(max(time, wall), None)
        elif self.claim is None or self._last is None or wall < self.claim:
            self._believe(time, wall)
        elif wall - self.claim >= HOLD_SECONDS:
            jumped = wall - self._last > STEP_SECONDS
            self._believe(self._last if jumped else wall, wall if jumped else None)
        self._last = wall
        return min(self._time or wall, wall)

    def _believe(self, time: float, claim: float | None) -> None:
        self._time, self.claim = time, claim
