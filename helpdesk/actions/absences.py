"""Going away, and coming back earlier.  Coming back in time needs no deed: it is computed from the days."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from helpdesk.actions.desks import NotUsable
from helpdesk.actions.events import record
from helpdesk.models import Absence, Agent
from helpdesk.queries.absences import today

LONGEST = timedelta(days=366)


def plan(
    session: Session,
    agent: Agent,
    first_day: date,
    last_day: date,
    *,
    deputy: Agent | None,
    note: str = "",
    by: Agent,
    now: datetime,
) -> Absence:
    """An agent is away from one day to another, and whoever is the deputy is told what they would be told.  Raises NotUsable."""
    if last_day < first_day:
        raise NotUsable("last_day", "The last day cannot lie before the first.")
    if last_day < today(session, now):
        raise NotUsable("last_day", "This absence would be over already.")
    if last_day - first_day > LONGEST:
        raise NotUsable("last_day", "An absence lasts a year at most.")
    if deputy is not None and (deputy.id == agent.id or not deputy.active):
        raise NotUsable("deputy", "Choose somebody else as deputy.")
    row = Absence(agent=agent, deputy=deputy, first_day=first_day, last_day=last_day, note=" ".join(note.split())[:200])
    row.set_by_id, row.set_at = by.id, now
    session.add(row)
    session.flush()
    record(session, "absence-planned", now=now, agent=by, thing=f"agent {agent.id}", after=_facts(row))
    return row


def withdraw(session: Session, row: Absence, *, by: Agent, now: datetime) -> None:
    """They stay, or are back earlier; a second time changes nothing."""
    if row.withdrawn_at is None:
        row.withdrawn_at = now
        record(session, "absence-withdrawn", now=now, agent=by, thing=f"agent {row.agent_id}", before=_facts(row))


def _facts(row: Absence) -> dict[str, object]:
    days = {"first_day": row.first_day.isoformat(), "last_day": row.last_day.isoformat()}
    return {"absence": row.id, **days, "deputy": row.deputy.name if row.deputy else None}
