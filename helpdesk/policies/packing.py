"""Many whole numbers in few bytes, sorted: sums of days become sums of months and years, and medians of them stay exact."""

from __future__ import annotations

import sys
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

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


class Heaps:
    """The numbers of several sorted heaps as one sorted list, in which single ones are looked up and nothing is merged.

    A median of a year's million values is found by some thousand comparisons.
    """

    def __init__(self, heaps: Iterable[Sequence[int]]) -> None:
        self._heaps = [heap for heap in heaps if len(heap)]
        self._number = sum(map(len, self._heaps))

    def __len__(self) -> int:
        return self._number

    @property
    def total(self) -> int:
        """What they come to."""
        return sum(map(sum, self._heaps))

    def __iter__(self) -> Iterator[int]:
        return iter(merged(self._heaps))

    def __getitem__(self, place: int) -> int:
        """The number at a place of the list: the smallest that so many do not exceed."""
        if not 0 <= place < self._number:
            raise IndexError(place)
        low, high = min(heap[0] for heap in self._heaps), max(heap[-1] for heap in self._heaps)
        while low < high:
            middle = (low + high) // 2
            if self.up_to(middle) > place:
                high = middle
            else:
                low = middle + 1
        return low

    def up_to(self, value: int) -> int:
        """How many do not exceed a value."""
        return sum(bisect_right(heap, value) for heap in self._heaps)

    def count(self, value: int) -> int:
        """How often a value is there."""
        return self.up_to(value) - self.up_to(value - 1)


def _little(values: array[int]) -> array[int]:
    if sys.byteorder == "big":
        values = values[:]
        values.byteswap()
    return values
