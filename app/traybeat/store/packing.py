"""Columns of numbers as few bytes.

Whole numbers are written as what lies above the smallest of them, or above the smallest difference between neighbours,
without what all have as a common factor; whichever of the two compresses better. Their bytes are laid out in planes,
all lowest bytes first, and each plane is compressed with a code of its own: a plane of zeros costs nothing, and noise
in one does not make the others dear. Everything runs at C speed: no loop in Python touches a number.
"""

import math
import sys
import zlib
from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate, count, repeat
from operator import add, floordiv, mul, sub
from typing import Any

Parts = tuple[bytes, ...]
"""Bytes in their order, cut where their nature changes."""

_ABOVE, _DIFFERENCES, _FLOATS = 0, 16, 32
_SIZES = (0, 1, 2, 4, 4, 8, 8, 8, 8)
"""The size of the machine's numbers that hold so many bytes."""
_TYPES = {1: "B", 2: "H", 4: "I", 8: "Q"}
_MOST_VARINT_BYTES = 10
_FEWEST_DIFFERENCES = 3
_MORE = 128
_MOST_NUMBERS = 1 << 24
_WORTH_A_CODE = 200
"""Bytes from which on a part is worth a code of its own."""


class DamagedError(Exception):
    """Bytes that are not what the store wrote."""


def squeeze(parts: Iterable[bytes]) -> bytes:
    """Compress, with a checksum."""
    writer = zlib.compressobj(9, strategy=zlib.Z_FILTERED)
    out = []
    for part in parts:
        out.append(writer.compress(part))
        if len(part) >= _WORTH_A_CODE:
            out.append(writer.flush(zlib.Z_BLOCK))
    return b"".join((*out, writer.flush()))


def pack(numbers: Sequence[int]) -> Parts:
    """Pack whole numbers of at most 64 bits; how many there are is for the caller to keep."""
    if not numbers:
        return ()
    above = _above(numbers)
    if len(numbers) < _FEWEST_DIFFERENCES:
        return above
    return min(above, _differences(numbers), key=_weight)


def pack_floats(numbers: Sequence[float]) -> Parts:
    """Pack floats, exactly."""
    return (bytes((_FLOATS | 8,)), *_planes(array("d", numbers), 8)) if numbers else ()


def varint(number: int) -> bytes:
    """Write a number from 0 on, seven bits a byte, lowest first."""
    out = bytearray()
    while number >= _MORE:
        out.append(number & _MORE - 1 | _MORE)
        number >>= 7
    out.append(number)
    return bytes(out)


class Unpacker:
    """Reads what was packed, from the front on; every method raises DamagedError.

    Where more than `most` bytes come out of the compressor, that is damage, too.
    """

    def __init__(self, squeezed: bytes, most: int) -> None:
        reader = zlib.decompressobj()
        try:
            self._data = reader.decompress(squeezed, most)
        except zlib.error as error:
            raise DamagedError(str(error)) from error
        if not reader.eof:
            raise DamagedError("cut short, or too long")
        self._position = 0

    def take(self, length: int) -> bytes:
        """Read bytes."""
        taken = self._data[self._position : self._position + length]
        if len(taken) != length:
            raise DamagedError("cut short")
        self._position += length
        return taken

    def varint(self) -> int:
        """Read a number from 0 on."""
        number = 0
        for index in range(_MOST_VARINT_BYTES):
            byte = self.take(1)[0]
            number |= (byte & _MORE - 1) << 7 * index
            if byte < _MORE:
                return number
        raise DamagedError("a number without an end")

    def numbers(self, length: int) -> Sequence[int]:
        """Read whole numbers."""
        if not length:
            return ()
        if length > _MOST_NUMBERS:
            raise DamagedError("more numbers than are ever written")
        mode, width = divmod(self.take(1)[0], 16)
        if width >= len(_SIZES) or mode > 1:
            raise DamagedError("an unknown way of packing")
        first = self._signed()
        return self._differences(first, length, width) if mode else self._above(first, length, width)

    def floats(self, length: int) -> Sequence[float]:
        """Read floats."""
        if length and self.take(1)[0] != _FLOATS | 8:
            raise DamagedError("floats were expected")
        return _array("d", self.take(8 * length), 8)

    def _signed(self) -> int:
        number = self.varint()
        return ~(number >> 1) if number & 1 else number >> 1

    def _above(self, least: int, length: int, width: int) -> Sequence[int]:
        if not width:
            return [least] * length
        numbers = self._unlay(length, width)
        return list(map(add, numbers, repeat(least))) if least else numbers

    def _differences(self, first: int, length: int, width: int) -> Sequence[int]:
        least = self._signed()
        if not width:
            return range(first, first + length * least, least) if least else [first] * length
        return list(map(add, accumulate(self._unlay(length - 1, width), initial=0), count(first, least)))

    def _unlay(self, length: int, width: int) -> Sequence[int]:
        factor = self.varint()
        numbers = _array(_TYPES[_SIZES[width]], self.take(length * width), width)
        return numbers if factor == 1 else list(map(mul, numbers, repeat(factor)))


def _signed(number: int) -> bytes:
    return varint(number << 1 if number >= 0 else ~number << 1 | 1)


def _above(numbers: Sequence[int]) -> Parts:
    least = min(numbers)
    width, parts = _lay(list(map(sub, numbers, repeat(least))))
    return (bytes((_ABOVE | width,)) + _signed(least), *parts)


def _differences(numbers: Sequence[int]) -> Parts:
    steps = list(map(sub, numbers[1:], numbers))
    least = min(steps)
    if max(steps) - least >= 1 << 64:
        return _above(numbers)
    width, parts = _lay(list(map(sub, steps, repeat(least))))
    return (bytes((_DIFFERENCES | width,)) + _signed(numbers[0]) + _signed(least), *parts)


def _lay(numbers: Sequence[int]) -> tuple[int, Parts]:
    """Lay out numbers from 0 on; gives their width in bytes, and their common factor and planes, unless all are 0."""
    factor = math.gcd(*numbers)
    if not factor:
        return 0, ()
    width = (max(numbers) // factor).bit_length() + 7 >> 3
    reduced = array(_TYPES[_SIZES[width]], map(floordiv, numbers, repeat(factor)))
    return width, (varint(factor), *_planes(reduced, width))


def _weight(parts: Parts) -> int:
    return len(squeeze(parts))


def _planes(numbers: "array[Any]", width: int) -> Parts:
    """Lay out the `width` lowest bytes of numbers in planes, the lowest bytes first."""
    if sys.byteorder == "big":
        numbers.byteswap()
    raw, size = numbers.tobytes(), numbers.itemsize
    return tuple(raw[plane::size] for plane in range(width))


def _array(code: str, planes: bytes, width: int) -> "array[Any]":
    """Turn `width` planes into numbers again."""
    numbers = array(code)
    if width == numbers.itemsize == 1:
        return array(code, planes)
    size, length = numbers.itemsize, len(planes) // width
    raw = bytearray(length * size)
    for plane in range(width):
        raw[plane::size] = planes[plane * length : (plane + 1) * length]
    numbers.frombytes(raw)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
