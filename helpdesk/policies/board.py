"""What a board shows of the hours to come: which deadlines fall into which of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from helpdesk.policies.hours import Hours

AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Slot:
    """An hour of work as the wall clock shows it, or the part of one that is meant.

    A deadline that falls outside of working time belongs to the working hour before it, for by then it has to be done.  So the slots
    share out all deadlines after `since` of the first one and not after `until` of the last.
    """

    begins: datetime
    ends: datetime
    since: datetime  # deadlines after this instant
    until: datetime  # and not after this one


def slots(hours: Hours, now: datetime, seconds: int) -> list[Slot]:
    """The next so many working seconds, hour by hour, from the whole second on: so a link can name them."""
    now = now.replace(microsecond=0)
    pieces = [piece for begin, end in hours.stretches(now, seconds) for piece in _by_the_clock(begin, end, hours.zone)]
    behind = [begin for begin, _end in pieces[1:]] + [pieces[-1][1]] if pieces else []
    return [
        Slot(begin, end, now if place == 0 else begin, until)
        for place, ((begin, end), until) in enumerate(zip(pieces, behind, strict=True))
    ]


def shared_out(deadlines: Sequence[datetime], into: Sequence[Slot]) -> list[int]:
    """How many of the deadlines each slot has."""
    return [sum(slot.since < at <= slot.until for at in deadlines) for slot in into]


def _by_the_clock(begin: datetime, end: datetime, zone: tzinfo) -> list[tuple[datetime, datetime]]:
    found = []
    while begin < end:
        wall = begin.astimezone(zone)
        full = begin - timedelta(minutes=wall.minute, seconds=wall.second, microseconds=wall.microsecond) + AN_HOUR
        found.append((begin, min(full, end)))
        begin = full
    return found
