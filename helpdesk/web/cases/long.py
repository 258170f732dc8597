"""A very long story, shortened: how it began and how it goes on.  What lies between is a click away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from helpdesk.web.cases.story import Done, Folded, Item, Said

LONGEST = 80  # entries that are shown as they are
BEGINNING, END = 3, 40  # of a longer story, how many of the first and of the last


@dataclass(frozen=True)
class Between:
    """What is not shown: how many entries, and when the first and the last of them was."""

    count: int
    first: datetime
    last: datetime


@dataclass(frozen=True)
class Shortened:
    """The items of a page, and the ids of the events that are not among them."""

    items: list[Item | Between]
    hidden: frozenset[int] = frozenset()


def shortened(items: list[Item], *, whole: bool) -> Shortened:
    """The story as it is, or its two ends with one line for all that lies between."""
    said = [place for place, item in enumerate(items) if isinstance(item, Said)]
    if whole or len(said) <= LONGEST:
        return Shortened([*items])
    first, last = said[BEGINNING], said[-END]
    middle = items[first:last]
    entries = [item.event for item in middle if isinstance(item, Said)]
    line = Between(len(entries), entries[0].at, entries[-1].at)
    hidden = frozenset(event_id for item in middle for event_id in _events(item))
    return Shortened([*items[:first], line, *items[last:]], hidden)


def _events(item: Item) -> list[int]:
    if isinstance(item, Folded):
        return [line.event.id for line in item.lines]
    assert isinstance(item, Said | Done)
    return [item.event.id]
