"""Letters that an agent began and that opened no case yet."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models import Agent, Beginning


def mine(session: Session, agent: Agent) -> list[Beginning]:
    """Those of this agent, the newest first."""
    query = select(Beginning).where(Beginning.agent_id == agent.id, Beginning.discarded_at.is_(None))
    return list(session.scalars(query.order_by(Beginning.changed_at.desc(), Beginning.id.desc())))


def one(session: Session, agent: Agent, row_id: int, *, discarded: bool = False) -> Beginning | None:
    """One of this agent's, or of those that they threw away."""
    row = session.get(Beginning, row_id)
    return row if row is not None and row.agent_id == agent.id and (row.discarded_at is not None) == discarded else None


def with_key(session: Session, agent: Agent, key: str) -> Beginning | None:
    """What was kept of the form that has this key."""
    query = select(Beginning).where(Beginning.agent_id == agent.id, Beginning.key == key, Beginning.discarded_at.is_(None))
    return session.scalars(query.order_by(Beginning.id.desc())).first()
