"""Medians, shares and rates, each with what it is of."""

from __future__ import annotations

from typing import Protocol

from helpdesk.reports.report import Amount


class Sorted(Protocol):
    """Sorted numbers: a list, or policies.packing.Heaps."""

    def __len__(self) -> int: ...

    def __getitem__(self, place: int, /) -> float: ...


def median(values: Sorted) -> Amount:
    """The middle one of sorted values; of two in the middle, what lies between them."""
    number = len(values)
    if not number:
        return Amount("seconds", None, 0)
    return Amount("seconds", (values[(number - 1) // 2] + values[number // 2]) / 2, number)


def nine_of_ten(values: Sorted) -> Amount:
    """The smallest of sorted values that nine of ten do not exceed."""
    return within(values, 90)


def within(values: Sorted, percent: int) -> Amount:
    """The smallest of sorted values that so many of a hundred do not exceed."""
    number = len(values)
    return Amount("seconds", values[(percent * number + 99) // 100 - 1] if number else None, number)


def count(number: int) -> Amount:
    """How many."""
    return Amount("count", number)


def share(some: int, of: int) -> Amount:
    """So many of so many; None of none, which is not the same as none."""
    return Amount("share", some if of else None, of)


def rate(number: int, of: int) -> Amount:
    """So many for each of so many."""
    return Amount("rate", number / of if of else None, of)
