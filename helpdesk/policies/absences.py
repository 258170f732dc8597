"""Who looks after whose cases while people are away: chains of deputies, and the circles that they may run in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date


def covers(first_day: date, last_day: date, today: date) -> bool:
    """Whether an absence has begun and not ended; both of its days belong to it."""
    return first_day <= today <= last_day


def stand_in(agent_id: int, deputies: Mapping[int, int | None]) -> int | None:
    """Who acts for this agent today: themselves where they are here, else the first of their deputies who is here.

    `deputies`: of everybody who is away, the deputy, if they named one.  None where the chain ends with nobody or runs in a circle.
    """
    met: set[int] = set()
    here: int | None = agent_id
    while here is not None and here in deputies:
        if here in met:
            return None
        met.add(here)
        here = deputies[here]
    return here


def acts_for(agent_id: int, deputies: Mapping[int, int | None]) -> set[int]:
    """Everybody who is away and whose chain of deputies ends with this agent."""
    return {away for away in deputies if stand_in(away, deputies) == agent_id}
