"""Many whole numbers in few bytes, sorted: sums of days become sums of months and years, and medians of them stay exact."""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Iterable, Sequence

_QUICK = 1  # how hard zlib tries


def pack(values: Iterable[int]) -> bytes:
    """These numbers, from 0 to 2³²-1, sorted."""
    return zlib.compress(_little(array("I", sorted(values))).tobytes(), _QUICK)


def unpack(packed: bytes) -> Sequence[int]:
    """The numbers again, in order."""
    found = array("I")
    found.frombytes(zlib.decompress(packed))
    return _little(found)


def merged(several: Iterable[Sequence[int]]) -> list[int]:
    """Sorted numbers of several heaps, sorted.  Heaps that are sorted already are sorted quickly."""
    found: list[int] = []
    for one in several:
        found.extend(one)
    found.sort()
    return found


def _little(values: array[int]) -> array[int]:
    if sys.byteorder == "big":
        values = values[:]
        values.byteswap()
    return values
