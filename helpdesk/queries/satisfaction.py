"""The question whether we were able to help that somebody may still answer."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models import Case, Entry, Rating
from helpdesk.policies.doubt import speaks
from helpdesk.queries import merges


def asks(session: Session, entry: Entry) -> bool:
    """Whether this answer of ours asks it."""
    return session.get(Rating, entry.id) is not None


def open_question(session: Session, case: Case, entry: Entry) -> Rating | None:
    """The question to which this mail is the first word of theirs; None where there is none, or they said something else since."""
    story = merges.all_of(session, case.number)
    query = (
        select(Rating).join(Entry, Entry.id == Rating.asked_in_id).where(Rating.case_number.in_(story), Entry.kind == "mail-out")
    )
    row = session.scalars(query.order_by(Rating.asked_in_id.desc()).limit(1)).first()
    if row is None:
        return None
    since = Entry.case_number.in_(story), Entry.kind == "mail-in", Entry.id > row.asked_in_id, Entry.id < entry.id
    earlier = session.scalars(select(Entry).where(*since))
    return None if any(speaks(one.flags, one.judgement) for one in earlier) else row
