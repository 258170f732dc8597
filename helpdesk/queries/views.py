"""Views of one's own."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models import Agent, SavedView


def of(session: Session, agent: Agent) -> list[SavedView]:
    """An agent's own views, in the order in which they were saved."""
    return list(session.scalars(select(SavedView).where(SavedView.agent_id == agent.id).order_by(SavedView.id)))


def one(session: Session, agent: Agent, view_id: int) -> SavedView | None:
    """This view, if it is the agent's own."""
    found = session.get(SavedView, view_id) if 0 < view_id < 2**31 else None
    return found if found is not None and found.agent_id == agent.id else None
