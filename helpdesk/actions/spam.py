"""A case that is spam: out of the way, nothing of it deleted, and back at one click."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.actions import addresses, cases
from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.events import record
from helpdesk.models import Agent, Case, Entry, Event
from helpdesk.policies.doubt import speaks


def mark(session: Session, case: Case, *, agent: Agent, now: datetime) -> Event | None:
    """It leaves the lists; mail to it is filed and asks nobody.  None, and nothing changed, a second time.  Raises NotPermitted."""
    if case.merged_into is not None:
        raise NotPermitted(
            "Case %(number)s has been merged into case %(into)s already.", number=case.number, into=case.merged_into
        )
    if case.spam_at is not None:
        return None
    before = cases.as_it_is(session, case)
    if case.state != "resolved":
        cases.move(session, case, "resolve", now=now)
    case.spam_at = now
    return record(session, "marked-spam", now=now, agent=agent, case=case, before=before)


def unmark(session: Session, case: Case, *, agent: Agent, now: datetime) -> Event | None:
    """It was none: everything as before, and what came meanwhile waits from its arrival.  None where nobody said that it was."""
    if case.spam_at is None:
        return None
    marked = select(Event).where(Event.case_number == case.number, Event.deed == "marked-spam").order_by(Event.id.desc())
    event, since = session.scalars(marked.limit(1)).one(), case.spam_at
    came, before = _came_since(session, case, since), {**cases.as_it_is(session, case), "spam_at": since.isoformat()}
    state, waited = event.before["state"], event.before["waiting_since"]
    case.spam_at = None
    if state != "resolved" or came:
        case.state = "new" if state == "new" else "open" if came else state
        waits = [datetime.fromisoformat(waited)] if waited else []
        case.waiting_since, case.resolved_at = min([*waits, *(entry.at for entry in came)], default=None), None
        addresses.renew(session, case, now=now)
    return record(session, "unmarked-spam", now=now, agent=agent, case=case, before=before, after={"state": case.state})


def _came_since(session: Session, case: Case, since: datetime) -> list[Entry]:
    """What those who take part wrote while nobody looked."""
    people = {participant.person_id for participant in case.participants}
    query = select(Entry).where(Entry.case_number == case.number, Entry.kind == "mail-in", Entry.at >= since).order_by(Entry.id)
    told = (
        select(Event.id).where(Event.case_number == case.number, Event.deed == "marked-spam").order_by(Event.id.desc()).limit(1)
    )
    later = select(Event.entry_id).where(Event.case_number == case.number, Event.id > told.scalar_subquery())
    return [entry for entry in session.scalars(query.where(Entry.id.in_(later))) if entry.person_id in people and _asks(entry)]


def _asks(entry: Entry) -> bool:
    return speaks(entry.flags, entry.judgement) and not {"automatic", "bounce"} & set(entry.flags)
