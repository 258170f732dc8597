"""Suggestions: the library, and what of it fits a case."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from helpdesk.models import Agent, Case, Field, Suggestion
from helpdesk.policies.folding import fold
from helpdesk.policies.placeholders import FIELD, SUGGESTION

MOST_WORDS = 12


def for_case(session: Session, case: Case, agent: Agent, words: str = "", *, limit: int = 30) -> list[Suggestion]:
    """What this agent may begin an answer with: the case's language first, then what is used most."""
    query = _found(words).where(Suggestion.state == "active", _within_reach(case, agent))
    order = (Suggestion.language != case.language, _used().desc(), Suggestion.title, Suggestion.id)
    return list(session.scalars(query.order_by(*order).limit(limit)))


def usable(session: Session, suggestion_id: int, case: Case, agent: Agent) -> Suggestion | None:
    """One of them, if it may be used here."""
    query = select(Suggestion).where(Suggestion.id == suggestion_id, Suggestion.state == "active", _within_reach(case, agent))
    return session.scalar(query)


def library(session: Session, words: str = "") -> list[Suggestion]:
    """All of them: what waits for a decision first, what was put away last, by title."""
    order = (Suggestion.state == "away", Suggestion.state == "active", func.lower(Suggestion.title), Suggestion.id)
    return list(session.scalars(_found(words).order_by(*order)))


def proposed(session: Session) -> int:
    """How many wait for somebody to look at them."""
    return session.scalar(select(func.count()).select_from(Suggestion).where(Suggestion.state == "proposed")) or 0


def places(session: Session, desk_id: int | None = None) -> list[str]:
    """Every placeholder that a suggestion may have; `desk_id`: with the fields that this desk knows only."""
    query = select(Field.name).where(Field.active).order_by(Field.name)
    if desk_id is not None:
        query = query.where(or_(Field.desk_id.is_(None), Field.desk_id == desk_id))
    return [*SUGGESTION, *dict.fromkeys(FIELD + name for name in session.scalars(query))]


def _found(words: str) -> Select[Suggestion]:
    tokens = fold(words).split()[:MOST_WORDS]
    return select(Suggestion).where(*(Suggestion.folded.contains(f" {token}", autoescape=True) for token in tokens))


def _within_reach(case: Case, agent: Agent) -> ColumnElement[bool]:
    teams = {team.id for team in agent.teams} | ({case.team_id} if case.team_id else set())
    return or_(Suggestion.team_id.is_(None), Suggestion.team_id.in_(teams))


def _used() -> ColumnElement[int]:
    return Suggestion.unchanged + Suggestion.changed
