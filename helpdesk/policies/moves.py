"""Whose case it was at an instant: the moves from team to team."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from helpdesk.policies.histories import Deed
from helpdesk.policies.measures import Facts


def team_at(facts: Facts, deeds: Sequence[Deed], ids: Mapping[str, int], at: datetime) -> int | None:
    """Whose case it was at an instant."""
    return whose(moves_of(facts, deeds, ids), at, facts)


def whose(moves: Sequence[tuple[datetime, int | None]], at: datetime, facts: Facts) -> int | None:
    """Whose case it was at an instant, by its moves; at the instant of a move, theirs who had it until then."""
    return next((team for until, team in moves if at <= until), facts.team_id)


def moves_of(facts: Facts, deeds: Sequence[Deed], ids: Mapping[str, int]) -> list[tuple[datetime, int | None]]:
    """(until when, whose): the moves of a case, the oldest first.  What was before a move is told by it, or by the move before."""
    moves = [deed for deed in deeds if deed.what == "moved"]
    told = [
        move.team_before if move.knows_before else (moves[n - 1].team if n else facts.team_id) for n, move in enumerate(moves)
    ]
    return [(move.at, ids.get(team) if isinstance(team, str) else team) for move, team in zip(moves, told, strict=True)]
