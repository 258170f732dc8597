"""What the pages of the cases ask beside the cases themselves: news, senders of doubtful mail, what did not arrive."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from helpdesk.models import Agent, Arrival, Case, Event, OutboxMail
from helpdesk.queries.cases import seen_by
from helpdesk.queries.events import stands
from helpdesk.queries.one_of import among, dialect_of
from helpdesk.queries.outbox import DID_NOT_ARRIVE

_NEWEST = select(func.max(Event.id))


def last_event(session: Session) -> int:
    """The id of the newest event of all; 0 where nothing has happened yet."""
    return session.scalar(_NEWEST) or 0


def mail_since(session: Session, agent: Agent, event_id: int) -> int:
    """How many mails came into the cases that this agent may see, since that event."""
    news = select(func.count()).select_from(Event).join(Case, Case.number == Event.case_number)
    return session.scalar(news.where(Event.id > event_id, Event.deed == "received", seen_by(agent))) or 0


def since(session: Session, case: Case, event_id: int, agent: Agent) -> list[Event]:
    """What happened in this case after that event, but for what this agent did."""
    query = select(Event).where(Event.case_number == case.number, Event.id > event_id, stands())
    others = or_(Event.agent_id.is_(None), Event.agent_id != agent.id)
    return list(session.scalars(query.where(others).order_by(Event.id).options(joinedload(Event.entry), joinedload(Event.agent))))


def senders(session: Session, case: Case) -> dict[int, str]:
    """Entry id → the address in the From field of that mail."""
    query = select(Arrival.entry_id, Arrival.shown_from).where(Arrival.case_number == case.number, Arrival.entry_id.is_not(None))
    return {entry: address for entry, address in session.execute(query) if entry is not None}


def undelivered_among(session: Session, numbers: Collection[int]) -> set[int]:
    """Those of these cases in which some mail of ours did not arrive."""
    found = session.scalars(_undelivered(dialect_of(session)), {"numbers": list(numbers)})
    return {number for number in found if number is not None}


@cache
def _undelivered(dialect: str) -> Select[int | None]:
    query = select(OutboxMail.case_number).where(among(dialect, OutboxMail.case_number), OutboxMail.state.in_(DID_NOT_ARRIVE))
    return query.distinct()
