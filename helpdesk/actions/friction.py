"""Marks at a customer's words: where it hurt, and what was praised.  Nothing is marked but by a person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.actions import notices
from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.desks import NotUsable
from helpdesk.actions.events import record
from helpdesk.models import Agent, Case, Entry, Event, Friction
from helpdesk.policies.doubt import speaks
from helpdesk.policies.friction import KINDS


def mark(
    session: Session, case: Case, entry: Entry, kind: str, *, agent: Agent, now: datetime, praised: Agent | None = None
) -> Event | None:
    """Say what a customer says here; whoever is praised is told.  None where it is marked so already.

    Raises NotUsable, and NotPermitted for what is not their word.
    """
    if kind not in KINDS or (praised is not None and kind != "praise"):
        raise NotUsable("kind", "Choose one from the list.")
    if entry.kind != "mail-in" or not speaks(entry.flags, entry.judgement):
        raise NotPermitted("Only what a customer wrote can be marked.")
    if _standing(session, entry, kind, praised) is not None:
        return None
    row = Friction(case=case, entry=entry, kind=kind, praised=praised, by=agent, at=now)
    session.add(row)
    session.flush()
    event = record(session, "friction-marked", now=now, agent=agent, case=case, thing=f"friction {row.id}", after=_facts(row))
    if praised is not None:
        notices.tell(session, praised, "praise", case, by=agent, entry=entry, now=now)
    return event


def unmark(session: Session, case: Case, row: Friction, *, agent: Agent, now: datetime) -> None:
    """It was marked by mistake; a second time changes nothing."""
    if row.undone_at is None:
        take_off(session, case, row, now=now)
        record(session, "friction-unmarked", now=now, agent=agent, case=case, thing=f"friction {row.id}", before=_facts(row))


def take_off(session: Session, case: Case, row: Friction, *, now: datetime) -> None:
    """It counts no more, and the notice of it waits no more."""
    row.undone_at = now
    if row.praised is not None:
        notices.withdraw(session, row.praised, case, since=row.at, now=now, kinds=("praise",))


def marked_by(session: Session, event: Event) -> Friction:
    """The mark that this event tells of."""
    return session.get_one(Friction, int(event.thing.partition(" ")[2]))


def _standing(session: Session, entry: Entry, kind: str, praised: Agent | None) -> Friction | None:
    query = select(Friction).where(Friction.entry_id == entry.id, Friction.kind == kind, Friction.undone_at.is_(None))
    return session.scalar(query.where(Friction.praised_id == (praised.id if praised else None)))


def _facts(row: Friction) -> dict[str, str | None]:
    return {"kind": row.kind, "author": row.entry.author, "name": row.praised.name if row.praised else None}
