"""Who is away, as of an instant."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, bindparam, select
from sqlalchemy.orm import Session

from helpdesk.db import house
from helpdesk.models import Absence, Agent
from helpdesk.policies import absences as policy

_DAY = bindparam("day", type_=Date)
_AWAY = (
    select(Absence)
    .where(Absence.withdrawn_at.is_(None), Absence.first_day <= _DAY, Absence.last_day >= _DAY)
    .order_by(Absence.last_day, Absence.id)
)


def today(session: Session, now: datetime) -> date:
    """The day that it is at the desk."""
    return now.astimezone(house(session).settings.zone).date()


def now_away(session: Session, now: datetime) -> dict[int, Absence]:
    """Everybody who is away now, by their id; of overlapping absences the one that lasts longest."""
    return {row.agent_id: row for row in session.scalars(_AWAY, {"day": today(session, now)})}


def deputies(session: Session, now: datetime) -> dict[int, int | None]:
    """Of everybody who is away now, the deputy; None where nobody was named, or the one named works here no more."""
    away = now_away(session, now)
    return {agent_id: row.deputy_id if row.deputy and row.deputy.active else None for agent_id, row in away.items()}


def deputy_of(session: Session, agent: Agent, now: datetime) -> Agent | None:
    """Who stands in for an agent who is away; None where they are here, or nobody does."""
    found = policy.stand_in(agent.id, deputies(session, now))
    return session.get(Agent, found) if found is not None and found != agent.id else None


def represented(session: Session, agent: Agent, now: datetime) -> set[int]:
    """The ids of the absent colleagues for whom this agent stands in now."""
    return policy.acts_for(agent.id, deputies(session, now))


def coming(session: Session, now: datetime, agent: Agent | None = None) -> list[Absence]:
    """The absences that are not over, the next one first: of one agent, or of everybody who works here."""
    query = select(Absence).join(Agent, Agent.id == Absence.agent_id).where(Agent.active, Absence.withdrawn_at.is_(None))
    query = query.where(Absence.last_day >= today(session, now)).order_by(Absence.first_day, Absence.id)
    return list(session.scalars(query.where(Absence.agent_id == agent.id) if agent else query))
