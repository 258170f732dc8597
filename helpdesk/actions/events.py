"""The record of deeds.  Every action writes one event; the timeline, the reports and the audit log are read from it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from helpdesk.actions import clocks, measuring, promises, watching
from helpdesk.actions.writing import write_down
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

    Nothing is done to a case without it, so here its promises, its clocks, its figures and its escalations learn that they have to follow.
    """
    event = write_down(
        session, deed, now=now, agent=agent, person=person, case=case, entry=entry, thing=thing, before=before, after=after
    )
    if case is not None:
        case.changed_at = max(case.changed_at, now)
        promises.follow(session, case, event)
        clocks.follow(session, case, event)
        measuring.follow(session, case.number)
        watching.follow(session, case, event)
    session.flush()
    return event
