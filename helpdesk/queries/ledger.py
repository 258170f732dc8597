"""Where the books of the post room do not agree: mail that was taken in and has no outcome, and mail that has two."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from helpdesk.models import Agent, Arrival, Entry, Event, InboundMail
from helpdesk.queries.post import is_for
from helpdesk.queries.sight import arrival_is_seen_by

Mismatch = Literal["unsettled", "twice"]

SETTLED_WITHIN = timedelta(hours=1)  # a worker takes seconds; after a night without one nobody should have to wait for longer
_FILED = ("case", "new-case", "follow-up", "auto")


def mismatch(what: Mismatch, now: datetime) -> ColumnElement[bool]:
    """Whether an arrival is one of these."""
    return _unsettled(now) if what == "unsettled" else _twice()


def number(session: Session, what: Mismatch, agent: Agent, team_id: int | None, now: datetime) -> int:
    """How many there are now, of those that this agent may know of."""
    query = select(func.count()).select_from(Arrival).where(mismatch(what, now), arrival_is_seen_by(agent), is_for(team_id))
    return session.scalar(query) or 0


def _unsettled(now: datetime) -> ColumnElement[bool]:
    mails = select(InboundMail.id).where(InboundMail.settled_at.is_(None), InboundMail.received_at < now - SETTLED_WITHIN)
    return Arrival.outcome.is_(None) & Arrival.mail_id.in_(mails)


def _twice() -> ColumnElement[bool]:
    """Its words lie in more places than it has recipients.  What a person copied into a case of its own is no second outcome."""
    several = select(Entry.mail_id).where(Entry.mail_id.is_not(None)).group_by(Entry.mail_id).having(func.count() > 1)
    copied = exists().where(Event.entry_id == Entry.id, Event.deed == "copied")
    moved = func.coalesce(Entry.judgement, "") == "moved"
    lies = (
        select(func.count())
        .select_from(Entry)
        .where(Entry.mail_id == Arrival.mail_id, Entry.kind.in_(("mail-in", "side-in")), ~moved, ~copied)
        .scalar_subquery()
    )
    filed = func.coalesce(Arrival.outcome, "").in_(_FILED)  # SQLite is to begin with the mails, not with all that was filed
    other = Arrival.__table__.alias()
    places = select(func.count()).where(other.c.mail_id == Arrival.mail_id, other.c.outcome.in_(_FILED)).scalar_subquery()
    return filed & Arrival.mail_id.in_(several) & (lies > places)
