"""Values as whole numbers of the step that their metric declares, and back, exactly."""

import math
from collections.abc import Iterable
from functools import lru_cache

LARGEST = 1 << 50
"""Below this, scaling a float and rounding gives the same whole number again, and the sum of the 6,000 ticks in ten
minutes fits in 64 bits."""
_MOST_DIGITS = 9


class Scale:
    """The step of one metric: a negative power of ten, or a whole number; with any other, values stay floats."""

    __slots__ = ("_down", "_up")

    def __init__(self, precision: float) -> None:
        digits = next((n for n in range(1, _MOST_DIGITS + 1) if math.isclose(precision, 10.0**-n)), 0)
        whole = precision >= 1 and float(precision).is_integer()
        self._up = int(precision) if whole else 1
        self._down = 10**digits if digits or whole else 0

    def steps(self, value: float) -> int:
        """Round a value to whole steps; raises OverflowError where that would not be exact."""
        steps = round(value * self._down) if self._up == 1 else round(value / self._up)
        if not self._down or not -LARGEST < steps < LARGEST:
            raise OverflowError
        return steps

    def mean(self, steps: float, count: int = 1) -> float:
        """Give the float nearest to what so many steps are when shared by `count`."""
        return steps * self._up / (count * self._down)

    def values(self, steps: Iterable[float]) -> list[float]:
        """Give the floats nearest to whole numbers of steps."""
        up, down = self._up, self._down
        return [n / down for n in steps] if up == 1 else [float(n * up) for n in steps]

    def means(self, sums: Iterable[float], counts: Iterable[int]) -> list[float]:
        """Give the averages of sums of steps."""
        up, down = self._up, self._down
        return [total * up / (count * down) for total, count in zip(sums, counts, strict=True)]


@lru_cache(maxsize=64)
def scale(precision: float) -> Scale:
    """Give the scale of a precision; all metrics share a handful."""
    return Scale(precision)
