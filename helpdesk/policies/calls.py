"""Calls, visits and letters on paper: what an agent writes down of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal, get_args

Kind = Literal["call", "visit", "letter"]
Direction = Literal["in", "out"]  # they to us, we to them
Turn = Literal["ours", "theirs", "same"]  # whose turn it is from then on
KINDS: tuple[Kind, ...] = get_args(Kind)
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
TURNS: tuple[Turn, ...] = get_args(Turn)

_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


def can_have_been(at: datetime, now: datetime) -> bool:
    """Whether something can have happened at that instant: never in the future, and not before anybody worked here."""
    return _EARLIEST <= at <= now
