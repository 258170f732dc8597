"""The audit log: every deed that was recorded, as far as its reader may know of the case that it was done to."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from helpdesk.models import Agent, Event
from helpdesk.queries.cases import naming_no_unseen
from helpdesk.queries.sight import secret_from


@dataclass(frozen=True)
class Asked:
    """Which deeds are asked for; None and "" leave a question out."""

    agent_id: int | None = None
    deed: str = ""
    case_number: int | None = None


def events(session: Session, agent: Agent, asked: Asked, *, limit: int, before: int | None = None) -> list[Event]:
    """Deeds, the newest first, from below the id `before` on."""
    query = select(Event).where(or_(Event.case_number.is_(None), Event.case_number.not_in(secret_from(agent))))
    if asked.agent_id is not None:
        query = query.where(Event.agent_id == asked.agent_id)
    if asked.deed:
        query = query.where(Event.deed == asked.deed)
    if asked.case_number is not None:
        query = query.where(Event.case_number == asked.case_number)
    if before:
        query = query.where(Event.id < before)
    query = query.options(joinedload(Event.agent), joinedload(Event.person)).order_by(Event.id.desc()).limit(limit)
    return naming_no_unseen(session, list(session.scalars(query)), agent)
