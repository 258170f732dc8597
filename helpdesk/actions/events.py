"""The record of deeds.  Every action writes one event; the timeline, the reports and the audit log are read from it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from helpdesk.actions import clocks, measuring, promises
from helpdesk.models import Agent, Case, Entry, Event, Person


def record(
    session: Session,
    deed: str,
    *,
    now: datetime,
    agent: Agent | None = None,
    person: Person | None = None,
    case: Case | None = None,
    entry: Entry | None = None,
    thing: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> Event:
    """Write down who did what to which thing.  Without agent and person it was the desk itself.

    Nothing is done to a case without it, so here its promises, its clocks and its figures learn that they have to follow.
    """
    event = Event(
        at=now,
        deed=deed,
        agent=agent,
        person=person,
        case_number=case.number if case else None,
        entry=entry,
        thing=thing or (f"case {case.number}" if case else ""),
        before=before or {},
        after=after or {},
    )
    session.add(event)
    if case is not None:
        case.changed_at = max(case.changed_at, now)
        promises.follow(session, case, event)
        clocks.follow(session, case, event)
        measuring.follow(session, case.number)
    session.flush()
    return event
