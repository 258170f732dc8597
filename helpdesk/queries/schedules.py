"""Reports that come by mail: whose they are, and which are due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from helpdesk.models import Agent, ReportSchedule


def of(session: Session, agent: Agent) -> Sequence[ReportSchedule]:
    """What an agent gets."""
    mine = ReportSchedule.agent_id == agent.id
    return session.scalars(select(ReportSchedule).where(mine).order_by(ReportSchedule.report, ReportSchedule.id)).all()


def own(session: Session, agent: Agent, schedule_id: int) -> ReportSchedule | None:
    """One of them."""
    mine = ReportSchedule.agent_id == agent.id, ReportSchedule.id == schedule_id
    return session.scalar(select(ReportSchedule).where(*mine))


def due(session: Session, now: datetime) -> Sequence[int]:
    """The ids of those whose time has come, the longest overdue first; one that failed waits for its next try."""
    again = or_(ReportSchedule.try_at.is_(None), ReportSchedule.try_at <= now)
    query = select(ReportSchedule.id).where(ReportSchedule.next_at <= now, again)
    return session.scalars(query.order_by(ReportSchedule.next_at, ReportSchedule.id)).all()
