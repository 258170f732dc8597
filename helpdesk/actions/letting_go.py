"""Who said that they have an escalation in hand takes that back: it waits again as if they had said nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.actions import raising
from helpdesk.models import Escalation, Event


def as_they_stand(rows: Iterable[Escalation]) -> dict[str, dict[str, Any]]:
    """What such a deed changes of these escalations, for the event that tells of it."""
    return {
        str(row.id): {
            "acknowledged_at": row.acknowledged_at.isoformat() if row.acknowledged_at else None,
            "acknowledged_by": row.acknowledged_by_id,
            "outcome": row.outcome,
        }
        for row in rows
    }


def let_go(session: Session, event: Event, *, now: datetime) -> None:
    """Put the escalations back as they were before this deed; what has ended since stays over."""
    was = event.before.get("escalations", {})
    for row in session.scalars(select(Escalation).where(Escalation.id.in_([int(ident) for ident in was]))).all():
        if row.closed_at is not None and row.closed_at != event.at:
            continue
        before = was[str(row.id)]
        row.acknowledged_at = datetime.fromisoformat(before["acknowledged_at"]) if before["acknowledged_at"] else None
        row.acknowledged_by_id = before["acknowledged_by"]
        raising.take_up_again(session, row, now=now)
        row.outcome = before["outcome"]


def handed(session: Session, event: Event) -> Event | None:
    """The event by which the case went into another hand with this deed."""
    with_it = Event.case_number == event.case_number, Event.deed == "assigned", Event.id > event.id, Event.at == event.at
    return session.scalar(select(Event).where(*with_it, Event.agent_id == event.agent_id).order_by(Event.id).limit(1))
