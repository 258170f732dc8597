"""Cases that became one: where a case goes on, and which ones it holds."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models import Case, Entry, Merge


def home(session: Session, number: int) -> int:
    """The number of the case in which this one goes on: its own, unless it was merged."""
    return session.scalar(select(Case.merged_into).where(Case.number == number)) or number


def held_by(session: Session, number: int) -> list[int]:
    """The numbers of the cases that were merged into this one."""
    return list(session.scalars(select(Case.number).where(Case.merged_into == number).order_by(Case.number)))


def all_of(session: Session, number: int) -> list[int]:
    """This case's number and those of the cases that it holds: where its whole story lies."""
    return [number, *held_by(session, number)]


def kin(session: Session, number: int) -> set[int]:
    """Every case that ever was one with this one: where an earlier try of a mail may have led."""
    query = select(Merge.from_number, Merge.into_number).where((Merge.from_number == number) | (Merge.into_number == number))
    return {found for pair in session.execute(query) for found in pair} - {number}


def lies_in(session: Session, entry: Entry, case: Case) -> bool:
    """Whether this entry is on the case's page: its own, or of a case that it holds."""
    return entry.case_number == case.number or home(session, entry.case_number) == case.number


def under_way(session: Session, number: int) -> Merge | None:
    """The merge by which this case went into another, while it lasts."""
    query = select(Merge).where(Merge.from_number == number, Merge.ended_at.is_(None))
    return session.scalars(query.order_by(Merge.id.desc()).limit(1)).first()


def taken_along(session: Session, number: int) -> list[Case]:
    """The cases that were merged into this one before it was merged itself, and come out with it."""
    query = select(Case).join(Merge, Merge.from_number == Case.number)
    return list(session.scalars(query.where(Merge.into_number == number, Merge.ended_at.is_(None)).order_by(Case.number)))
