"""Asking whoever holds a case how it stands."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.actions import notices
from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.events import record
from helpdesk.models import Agent, Case
from helpdesk.queries import notices as find


def ask(session: Session, case: Case, *, agent: Agent, now: datetime) -> bool:
    """Ask the holder; False, and nothing is done, where they were asked already and have not looked yet.  Raises NotPermitted."""
    if case.assignee is None:
        raise NotPermitted("Nobody has this case: take it over.")
    if case.assignee_id == agent.id:
        raise NotPermitted("You have this case yourself.")
    if find.asked(session, [case.number]):
        return False
    record(session, "asked-about", now=now, agent=agent, case=case, after={"name": case.assignee.name})
    notices.tell(session, case.assignee, "asked", case, by=agent, now=now)
    return True
