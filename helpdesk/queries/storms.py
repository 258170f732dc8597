"""How fast somebody writes."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from helpdesk.models import Case, Entry, Event
from helpdesk.policies.automatic import STORM_SPAN, Lately

HOUR = timedelta(hours=1)


def mails_in(session: Session, case: Case, sender: str, *, now: datetime) -> Lately:
    """The mails of this sender in this case."""
    lately = func.count().filter(Entry.at > now - STORM_SPAN)
    query = select(lately, func.count()).where(Entry.case_number == case.number, Entry.kind == "mail-in")
    return Lately(*session.execute(query.where(Entry.sender == sender, Entry.at > now - HOUR)).one())


def cases_by(session: Session, requester_id: int, *, now: datetime) -> Lately:
    """The cases that this person opened."""
    lately = func.count().filter(Case.opened_at > now - STORM_SPAN)
    query = select(lately, func.count()).where(Case.requester_id == requester_id, Case.opened_at > now - HOUR)
    return Lately(*session.execute(query).one())


def is_known(session: Session, case: Case, *, now: datetime) -> bool:
    """Whether a storm in this case was told within the hour before."""
    told: ColumnElement[bool] = Event.at > now - HOUR
    query = select(Event.id).where(Event.case_number == case.number, Event.deed == "storm", told)
    return session.scalar(query.limit(1)) is not None
