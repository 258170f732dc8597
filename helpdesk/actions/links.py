"""Cases that belong together, as a person says."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.events import record
from helpdesk.models import Agent, Case, CaseLink, Event
from helpdesk.policies.kinship import Kind


def add(session: Session, case: Case, other: Case, kind: Kind, *, agent: Agent, now: datetime) -> Event:
    """`case` belongs to, follows, duplicates or was caused by `other`; both pages tell it.  Raises NotPermitted."""
    if case.number == other.number:
        raise NotPermitted("A case cannot be linked with itself.")
    if between(session, case, other):
        raise NotPermitted("Case %(number)s is linked with case %(other)s already.", number=case.number, other=other.number)
    session.add(CaseLink(from_number=case.number, to_number=other.number, kind=kind))
    return _tell(session, "linked", case, other, kind, agent, now)[0]


def remove(session: Session, case: Case, other: Case, *, agent: Agent, now: datetime) -> list[Event]:
    """They do not belong together: what this case tells of it.  Raises NotPermitted where nobody had said so."""
    rows = between(session, case, other)
    if not rows:
        raise NotPermitted("Case %(number)s is not linked with case %(other)s.", number=case.number, other=other.number)
    told = []
    for row in rows:
        one, to = (case, other) if row.from_number == case.number else (other, case)
        session.delete(row)
        told += _tell(session, "unlinked", one, to, row.kind, agent, now)
    return [event for event in told if event.case_number == case.number]


def take_back(session: Session, case: Case, event: Event, *, agent: Agent, now: datetime) -> Event:
    """It was not so: both cases are linked as they were before, and both tell it.  Raises NotPermitted where that has changed since."""
    kind, role, number = (event.after[name] for name in ("kind", "role", "number"))
    other = session.get_one(Case, number)
    one, to = (case, other) if role == "from" else (other, case)
    rows = [row for row in between(session, one, to) if (row.from_number, row.kind) == (one.number, kind)]
    if event.deed == "linked":
        if not rows:
            raise NotPermitted("Case %(number)s is not linked with case %(other)s.", number=case.number, other=number)
        session.delete(rows[0])
    else:
        if rows:
            raise NotPermitted("Case %(number)s is linked with case %(other)s already.", number=case.number, other=number)
        session.add(CaseLink(from_number=one.number, to_number=to.number, kind=kind))
    told = _tell(session, "undone", one, to, str(kind), agent, now, undone=event.deed)
    return next(row for row in told if row.case_number == case.number)


def between(session: Session, case: Case, other: Case) -> list[CaseLink]:
    """What has been said of these two."""
    there = and_(CaseLink.from_number == case.number, CaseLink.to_number == other.number)
    back = and_(CaseLink.from_number == other.number, CaseLink.to_number == case.number)
    return list(session.scalars(select(CaseLink).where(or_(there, back))))


def _tell(
    session: Session, deed: str, case: Case, other: Case, kind: str, agent: Agent, now: datetime, **more: str
) -> list[Event]:
    """One event at each of them, the one that points first."""
    return [
        record(session, deed, now=now, agent=agent, case=one, after={"kind": kind, "number": to.number, "role": role, **more})
        for one, to, role in ((case, other, "from"), (other, case, "to"))
    ]
