"""How old the cases of a backlog are, in working days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from helpdesk.policies.hours import Hours

_EDGES = (0, 1, 3, 7, 14, 28)  # working days
AGES = (*(f"{first}-{behind}" for first, behind in pairwise(_EDGES)), ">28")


def opened_until(hours: Hours, at: datetime) -> Sequence[datetime | None]:
    """For each place in AGES, until when a case was opened that is at least so old at an instant; None where none is."""
    day = hours.usual_day()
    return [hours.back(at, edge * day) if day or not edge else None for edge in _EDGES]


def age(working_seconds: int, usual_day: int) -> int:
    """The place in AGES of a case of this age.  `usual_day`: the working seconds of a usual day; 0 where nobody ever works."""
    days = working_seconds / usual_day if usual_day else 0
    return max(place for place, edge in enumerate(_EDGES) if days >= edge)
