"""One row of the record of deeds.  Deeds write it by `actions.events.record`, by which the clocks and escalations of a case follow."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from helpdesk.models import Agent, Case, Entry, Event, Person


def write_down(
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
    """Write down who did what to which thing.  Without agent and person it was the desk itself."""
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
    return event
