"""Which cases belong to a case."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from helpdesk.models import Agent, Case, CaseLink
from helpdesk.queries.cases import seen_by


@dataclass(frozen=True)
class Kin:
    """A case that belongs to another.  `role` is what the other one is in it: «from» points, «to» is pointed at."""

    kind: str
    role: str
    case: Case


def of(session: Session, case: Case, agent: Agent) -> list[Kin]:
    """Those that the agent may see, the oldest first."""
    query = select(CaseLink).where(or_(CaseLink.from_number == case.number, CaseLink.to_number == case.number))
    rows = {row.to_number if row.from_number == case.number else row.from_number: row for row in session.scalars(query)}
    if not rows:
        return []
    seen = session.scalars(select(Case).where(Case.number.in_(list(rows)), seen_by(agent)).order_by(Case.number))
    return [Kin(rows[one.number].kind, "from" if rows[one.number].from_number == case.number else "to", one) for one in seen]
