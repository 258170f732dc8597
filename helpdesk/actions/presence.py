"""Noting who has a case open, so that two people do not write the same answer."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from helpdesk.models import Agent, Case, Presence

KEPT = timedelta(hours=1)


def note(session: Session, case: Case, agent: Agent, *, writes: bool, now: datetime) -> None:
    """This agent looks at the case, and typed since they said so last (`writes`)."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    row = {"case_number": case.number, "agent_id": agent.id, "seen_at": now}
    row |= {"wrote_at": now} if writes else {}
    insert = dialect.insert(Presence).values(**row)
    again = {"seen_at": now} | ({"wrote_at": now} if writes else {})
    # Two windows of one agent may say it at the same moment.
    session.execute(insert.on_conflict_do_update(index_elements=["case_number", "agent_id"], set_=again))


def forget_old(session: Session, *, now: datetime) -> None:
    """Who looked long ago."""
    session.execute(delete(Presence).where(Presence.seen_at < now - KEPT))
