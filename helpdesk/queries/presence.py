"""Who else has a case open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from helpdesk.models import Agent, Case, Presence
from helpdesk.policies.answering import PRESENT


@dataclass(frozen=True)
class Company:
    """The names of those who write, and of those who only look."""

    writing: Sequence[str] = ()
    looking: Sequence[str] = ()


def others(session: Session, case: Case, agent: Agent, *, now: datetime) -> Company:
    """Everybody but this agent."""
    query = select(Presence).where(Presence.case_number == case.number, Presence.agent_id != agent.id)
    rows = session.scalars(query.where(Presence.seen_at > now - PRESENT).options(joinedload(Presence.agent)))
    there = sorted((row.agent.name, row.wrote_at is not None and row.wrote_at > now - PRESENT) for row in rows)
    return Company([name for name, writes in there if writes], [name for name, writes in there if not writes])
