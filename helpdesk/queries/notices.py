"""What an agent was told, and has not looked at yet."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.models import Agent, Case, Event, Notice
from helpdesk.queries.cases import seen_by


def unseen(session: Session, agent: Agent) -> int:
    """How many notices wait for this agent, of cases that they may see."""
    mine = (Notice.agent_id == agent.id, Notice.seen_at.is_(None))
    if session.scalar(select(Notice.id).where(*mine).limit(1)) is None:
        return 0  # as on most pages, and far cheaper to find out
    query = select(func.count(Notice.id)).join(Case, Case.number == Notice.case_number)
    return session.scalar(query.where(*mine, seen_by(agent))) or 0


def of(session: Session, agent: Agent, *, limit: int = 100) -> list[Notice]:
    """An agent's notices: those that wait first, then the newest."""
    query = select(Notice).join(Case, Case.number == Notice.case_number).where(Notice.agent_id == agent.id, seen_by(agent))
    return list(session.scalars(query.order_by(Notice.seen_at.is_not(None), Notice.at.desc(), Notice.id.desc()).limit(limit)))


def waiting_in(session: Session, agent: Agent, case: Case) -> list[Notice]:
    """What this agent was told about one case and has not seen, the oldest first."""
    mine = (Notice.agent_id == agent.id, Notice.case_number == case.number, Notice.seen_at.is_(None))
    return list(session.scalars(select(Notice).where(*mine).order_by(Notice.id)))


def asked(session: Session, numbers: Collection[int]) -> dict[int, Notice]:
    """Case number → the question how it stands that its holder has not looked at yet."""
    query = select(Notice).join(Case, Case.number == Notice.case_number)
    waits = Notice.case_number.in_(numbers), Notice.kind == "asked", Notice.seen_at.is_(None), Notice.agent_id == Case.assignee_id
    return {row.case_number: row for row in session.scalars(query.where(*waits).order_by(Notice.id))}


def places(session: Session, entry_ids: Iterable[int | None]) -> dict[int, int]:
    """Where these entries stand on the timelines: the event of each."""
    wanted = {entry_id for entry_id in entry_ids if entry_id is not None}
    if not wanted:
        return {}
    query = select(Event.entry_id, func.min(Event.id)).where(Event.entry_id.in_(wanted)).group_by(Event.entry_id)
    return {entry_id: event_id for entry_id, event_id in session.execute(query) if entry_id is not None}
