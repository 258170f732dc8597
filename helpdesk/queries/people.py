"""Agents, teams, customers."""

from __future__ import annotations

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, selectinload

from helpdesk.models import Agent, Case, Desk, Person, Team


def agent_by_email(session: Session, email: str) -> Agent | None:
    return session.scalar(select(Agent).where(Agent.email == email.strip().lower()))


def agents(session: Session, *, active_only: bool = True) -> list[Agent]:
    query = select(Agent).options(selectinload(Agent.teams)).order_by(Agent.name)
    return list(session.scalars(query.where(Agent.active) if active_only else query))


def teams(session: Session) -> list[Team]:
    return list(session.scalars(select(Team).order_by(Team.name)))


def desks(session: Session, *, active_only: bool = False) -> list[Desk]:
    query = select(Desk).order_by(Desk.id)
    return list(session.scalars(query.where(Desk.active) if active_only else query))


def customers(session: Session, words: str = "", *, limit: int = 50, offset: int = 0) -> list[tuple[Person, int]]:
    """(person, number of their cases), by name; `words` is part of a name or an address."""
    query = select(Person, func.count(Case.number)).outerjoin(Case, Case.requester_id == Person.id).group_by(Person.id)
    if words.strip():
        part = "%" + words.strip().replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"
        query = query.where(or_(Person.name.ilike(part, escape="\\"), Person.address.ilike(part, escape="\\")))
    return [(person, n) for person, n in session.execute(query.order_by(Person.name, Person.address).limit(limit).offset(offset))]
