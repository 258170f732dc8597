"""What an agent was told, and has not looked at yet."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.models import Agent, Case, Notice
from helpdesk.queries.cases import seen_by


def unseen(session: Session, agent: Agent) -> int:
    """How many notices wait for this agent, of cases that they may see."""
    query = select(func.count(Notice.id)).join(Case, Case.number == Notice.case_number)
    return session.scalar(query.where(Notice.agent_id == agent.id, Notice.seen_at.is_(None), seen_by(agent))) or 0


def of(session: Session, agent: Agent, *, limit: int = 100) -> list[Notice]:
    """An agent's notices: those that wait first, then the newest."""
    query = select(Notice).join(Case, Case.number == Notice.case_number).where(Notice.agent_id == agent.id, seen_by(agent))
    return list(session.scalars(query.order_by(Notice.seen_at.is_not(None), Notice.at.desc(), Notice.id.desc()).limit(limit)))
