"""What reports can be filtered by, and the cases behind their figures as a list shows them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.models import Agent, Case, Cause, Outcome
from helpdesk.queries.cases import seen_by


def causes(session: Session) -> list[str]:
    """The names of all causes, of whatever desk."""
    return list(session.scalars(select(Cause.name).distinct().order_by(Cause.name)))


def offices(session: Session, *, limit: int = 100) -> list[str]:
    """The departments that were named, the most frequent ones."""
    query = select(Outcome.office).where(Outcome.office != "").group_by(Outcome.office)
    return sorted(session.scalars(query.order_by(func.count().desc(), Outcome.office).limit(limit)))


def page(session: Session, agent: Agent, numbers: Collection[int], *, limit: int, offset: int = 0) -> list[Case]:
    """Those of these cases that this agent may see, whoever waits longest first, then what was touched last."""
    seen: list[Case] = []
    some = sorted(numbers)
    for first in range(0, len(some), 500):  # a database takes only so many at once
        seen += session.scalars(select(Case).where(Case.number.in_(some[first : first + 500]), seen_by(agent)))
    seen.sort(key=lambda case: (case.changed_at, case.number), reverse=True)
    seen.sort(key=lambda case: (case.waiting_since is None, case.waiting_since or case.changed_at))
    return seen[offset : offset + limit]
