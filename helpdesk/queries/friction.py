"""Where it hurt and what was praised: at the messages of a case, and over some time, for reports."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import false, func, select
from sqlalchemy.orm import Session

from helpdesk.models import Case, Entry, Friction, Measure, Team
from helpdesk.policies.friction import Kind
from helpdesk.policies.hours import Hours
from helpdesk.queries import clocks


@dataclass(frozen=True)
class Hurt:
    """One mark: in which case it stands (of a merged one, where that goes on), who is praised, and how long that wait took.

    `waited` and `working` are the seconds of the wait in which the message was written, calendar and working; of one that goes on
    until now.  None: the message waited for nothing of ours.
    """

    kind: Kind
    case_number: int
    entry_id: int
    said_at: datetime
    praised_id: int | None
    waited: int | None
    working: int | None


def at_entries(session: Session, entry_ids: Collection[int]) -> dict[int, list[Friction]]:
    """Entry id → the marks that stand there, the oldest first."""
    query = select(Friction).where(Friction.entry_id.in_(entry_ids), Friction.undone_at.is_(None)).order_by(Friction.id)
    found: dict[int, list[Friction]] = {}
    for row in session.scalars(query):
        found.setdefault(row.entry_id, []).append(row)
    return found


def in_case(session: Session, numbers: Collection[int], friction_id: int) -> Friction | None:
    """One mark at a message of this case (and of those that were merged into it)."""
    found = session.get(Friction, friction_id) if 0 < friction_id < 2**31 else None
    return found if found is not None and found.entry.case_number in numbers else None


def said_between(
    session: Session, begins_at: datetime, ends_at: datetime, *, now: datetime, team_id: int | None = None
) -> list[Hurt]:
    """What customers said in messages from the one instant to right before the other, as far as it is marked; the oldest first.

    Spam, and what was taken back, is left out; so are confidential cases, which are in no sum.
    """
    home = func.coalesce(Case.merged_into, Case.number)
    query = select(Friction, home, Entry.at, Entry.case_number, Team.calendar_id)
    query = query.join(Entry, Entry.id == Friction.entry_id).join(Case, Case.number == Friction.case_number)
    query = query.outerjoin(Team, Team.id == Case.team_id).where(func.coalesce(Team.confidential, false()).is_(False))
    query = query.where(Friction.undone_at.is_(None), Entry.at >= begins_at, Entry.at < ends_at)
    query = query.where(Case.spam_at.is_(None), Case.withdrawn_at.is_(None), Case.confidential.is_(False))
    if team_id is not None:
        query = query.where(Case.team_id == team_id)
    rows = session.execute(query.order_by(Entry.at, Friction.id)).all()
    waits = _waits(session, {number for _row, into, _at, of, _calendar in rows for number in (into, of)})
    found = []
    for row, number, at, of, calendar_id in rows:
        wait = _wait_at(waits, (number, of), at)
        hours = clocks.hours_of(session)(calendar_id or clocks.standard(session).id)
        waited, working = _lengths(wait, hours, now)
        found.append(Hurt(cast(Kind, row.kind), number, row.entry_id, at, row.praised_id, waited, working))
    return found


def _waits(session: Session, numbers: Collection[int]) -> dict[int, list[Measure]]:
    found: dict[int, list[Measure]] = {}
    for row in session.scalars(select(Measure).where(Measure.case_number.in_(numbers), Measure.kind.in_(("wait", "unanswered")))):
        found.setdefault(row.case_number, []).append(row)
    return found


def _wait_at(waits: dict[int, list[Measure]], numbers: Sequence[int], at: datetime) -> Measure | None:
    """The wait in which this instant lies."""
    rows = (row for number in numbers for row in waits.get(number, []))
    return next((row for row in rows if row.began_at and row.began_at <= at and (row.at is None or at < row.at)), None)


def _lengths(wait: Measure | None, hours: Hours, now: datetime) -> tuple[int | None, int | None]:
    if wait is None or wait.began_at is None:
        return None, None
    if wait.at is not None:
        return wait.value, wait.working
    return int((now - wait.began_at).total_seconds()), hours.between(wait.began_at, now)
