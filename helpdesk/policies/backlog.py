"""How old the cases of a backlog are, in working days."""

from __future__ import annotations

from itertools import pairwise

_EDGES = (0, 1, 3, 7, 14, 28)  # working days
AGES = (*(f"{first}-{behind}" for first, behind in pairwise(_EDGES)), ">28")


def age(working_seconds: int, usual_day: int) -> int:
    """The place in AGES of a case of this age.  `usual_day`: the working seconds of a usual day; 0 where nobody ever works."""
    days = working_seconds / usual_day if usual_day else 0
    return max(place for place, edge in enumerate(_EDGES) if days >= edge)
