"""What agents wrote and did not send yet, and what may still be taken back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, selectinload

from helpdesk.models import Agent, Beginning, Case, Draft, Entry, Event, Recall
from helpdesk.policies.answering import is_news
from helpdesk.queries.cases import seen_by
from helpdesk.queries.events import stands
from helpdesk.queries.one_of import one_of


def writing(session: Session, case: Case, agent: Agent) -> Draft | None:
    """What this agent is writing in this case."""
    mine = (Draft.case_number == case.number, Draft.agent_id == agent.id, Draft.state == "writing")
    return session.scalar(select(Draft).where(*mine))


def discarded(session: Session, case: Case, agent: Agent) -> Draft | None:
    """What this agent threw away last in this case."""
    mine = (Draft.case_number == case.number, Draft.agent_id == agent.id, Draft.state == "discarded")
    return session.scalar(select(Draft).where(*mine).order_by(Draft.changed_at.desc(), Draft.id.desc()).limit(1))


def planned(session: Session, case: Case) -> list[Draft]:
    """The answers that wait for their time, the next one first; those that were stopped stand before them."""
    query = select(Draft).where(Draft.case_number == case.number, Draft.state == "planned")
    return list(session.scalars(query.order_by(Draft.stopped == "", Draft.send_at, Draft.id)))


def planned_one(session: Session, case: Case, draft_id: int) -> Draft | None:
    """One of them, locked until the transaction ends."""
    query = select(Draft).where(Draft.id == draft_id, Draft.case_number == case.number, Draft.state == "planned")
    return session.scalar(query.with_for_update())


def due(session: Session, now: datetime) -> list[int]:
    """Planned answers to look at: whose time has come, and those in whose case something happened since."""
    newer = select(func.max(Event.id)).where(Event.case_number == Draft.case_number).scalar_subquery()
    query = select(Draft.id).where(Draft.state == "planned", Draft.stopped == "", or_(Draft.send_at <= now, Draft.seen < newer))
    return list(session.scalars(query.order_by(Draft.send_at, Draft.id)))


def mine(session: Session, agent: Agent) -> list[Draft]:
    """All that this agent has not sent yet, the newest first."""
    query = (
        select(Draft)
        .join(Case, Case.number == Draft.case_number)
        .where(Draft.agent_id == agent.id, Draft.state.in_(("writing", "planned")), seen_by(agent))
        .order_by(Draft.changed_at.desc(), Draft.id.desc())
        .options(selectinload(Draft.case), selectinload(Draft.files))
    )
    return list(session.scalars(query))


def count(session: Session, agent: Agent) -> int:
    """In how many cases that is, those that are not there yet included."""
    query = select(func.count(Draft.case_number.distinct())).select_from(Draft).join(Case, Case.number == Draft.case_number)
    mine = (Draft.agent_id == agent.id, Draft.state.in_(("writing", "planned")), seen_by(agent))
    new = select(func.count()).select_from(Beginning).where(Beginning.agent_id == agent.id, Beginning.discarded_at.is_(None))
    return session.scalar(select(query.where(*mine).scalar_subquery() + new.scalar_subquery())) or 0


def among(session: Session, agent: Agent, numbers: Collection[int]) -> set[int]:
    """Those of these cases in which this agent has something unsent."""
    query = select(Draft.case_number).where(Draft.agent_id == agent.id, one_of(session, Draft.case_number, numbers))
    return set(session.scalars(query.where(Draft.state.in_(("writing", "planned"))).distinct()))


def news(session: Session, case: Case, agent: Agent, *, since: int) -> list[Event]:
    """What others said and did in this case after that event, as far as it may change an answer, the oldest first."""
    by_others = or_(Event.agent_id.is_(None), Event.agent_id != agent.id)
    query = select(Event).where(Event.case_number == case.number, Event.id > since, by_others, stands()).order_by(Event.id)
    events = session.scalars(query.options(selectinload(Event.entry), selectinload(Event.agent), selectinload(Event.person)))
    return [event for event in events if is_news(event.deed, says=event.entry_id is not None, flags=_flags(event))]


def last_event(session: Session, case: Case) -> int:
    """The newest event of this case; 0 where there is none."""
    return session.scalar(select(func.max(Event.id)).where(Event.case_number == case.number)) or 0


def recalls(session: Session, case: Case, agent: Agent, *, now: datetime) -> dict[int, datetime]:
    """Entry id → until when this agent may still take that answer back."""
    query = select(Recall.entry_id, Recall.until).join(Entry, Entry.id == Recall.entry_id)
    query = query.where(Recall.agent_id == agent.id, Recall.until > now, Entry.case_number == case.number)
    return {row.entry_id: row.until for row in session.execute(query)}


def _flags(event: Event) -> Collection[str]:
    return event.entry.flags if event.entry is not None else ()
