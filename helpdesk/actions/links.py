"""Cases that belong together, as a person says."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.events import record
from helpdesk.models import Agent, Case, CaseLink
from helpdesk.policies.kinship import Kind


def add(session: Session, case: Case, other: Case, kind: Kind, *, agent: Agent, now: datetime) -> None:
    """`case` belongs to, follows, duplicates or was caused by `other`; both pages tell it.  Raises NotPermitted."""
    if case.number == other.number:
        raise NotPermitted("A case cannot be linked with itself.")
    if between(session, case, other):
        raise NotPermitted("Case %(number)s is linked with case %(other)s already.", number=case.number, other=other.number)
    session.add(CaseLink(from_number=case.number, to_number=other.number, kind=kind))
    _tell(session, "linked", case, other, kind, agent, now)


def remove(session: Session, case: Case, other: Case, *, agent: Agent, now: datetime) -> None:
    """They do not belong together.  Raises NotPermitted where nobody had said so."""
    rows = between(session, case, other)
    if not rows:
        raise NotPermitted("Case %(number)s is not linked with case %(other)s.", number=case.number, other=other.number)
    for row in rows:
        one, to = (case, other) if row.from_number == case.number else (other, case)
        session.delete(row)
        _tell(session, "unlinked", one, to, row.kind, agent, now)


def between(session: Session, case: Case, other: Case) -> list[CaseLink]:
    """What has been said of these two."""
    there = and_(CaseLink.from_number == case.number, CaseLink.to_number == other.number)
    back = and_(CaseLink.from_number == other.number, CaseLink.to_number == case.number)
    return list(session.scalars(select(CaseLink).where(or_(there, back))))


def _tell(session: Session, deed: str, case: Case, other: Case, kind: str, agent: Agent, now: datetime) -> None:
    for one, to, role in ((case, other, "from"), (other, case, "to")):
        record(session, deed, now=now, agent=agent, case=one, after={"kind": kind, "number": to.number, "role": role})
