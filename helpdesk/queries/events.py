"""Which events tell of the case as it is: all but those of what was taken back before anybody got it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from helpdesk.models import Case, Entry, Event, TakenBack


def stands() -> ColumnElement[bool]:
    """Nobody took it back.  Whatever is read from the record asks this, but for the audit log, which shows everything."""
    return ~exists().where(TakenBack.event_id == Event.id)


def is_news() -> ColumnElement[bool]:
    """Something was done to the case; that it was escalated, or that somebody saw that, changes nothing of it."""
    return Event.deed.not_in(("escalated", "escalation-seen"))


def newest(session: Session, case: Case, deed: str) -> Event | None:
    """The last time that this was done to a case."""
    query = select(Event).where(Event.case_number == case.number, Event.deed == deed, stands())
    return session.scalars(query.order_by(Event.id.desc()).limit(1)).first()


def solved_by(session: Session, entry: Entry) -> Event | None:
    """The event by which this answer also solved its case."""
    query = select(Event).where(Event.case_number == entry.case_number, Event.deed == "resolved", Event.at == entry.at)
    return session.scalars(query.where(Event.agent_id == entry.agent_id).order_by(Event.id.desc()).limit(1)).first()
