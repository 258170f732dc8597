"""What was promised in cases, what of it is still owed, and what an acknowledgement would promise now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from helpdesk.models import Case, Handover, Promise
from helpdesk.policies import promises as policy
from helpdesk.policies.sla import Allowance
from helpdesk.queries import answer_times, clocks
from helpdesk.queries.answer_times import AnswerTime
from helpdesk.queries.one_of import among, dialect_of

_OWED = Promise.ended_at.is_(None), Promise.standing.in_(("running", "broken"))


def owed(session: Session, number: int, *, made_until: datetime | None = None) -> Sequence[Promise]:
    """The promises of a case by which somebody is still owed an answer, the oldest first."""
    query = select(Promise).where(Promise.case_number == number, *_OWED)
    if made_until is not None:
        query = query.where(Promise.made_at <= made_until)
    return session.scalars(query.order_by(Promise.id)).all()


def next_owed(session: Session, number: int) -> datetime | None:
    """The time of the promise of a case that comes first, or passed first."""
    return session.scalar(select(func.min(Promise.due_at)).where(Promise.case_number == number, *_OWED))


def next_owed_in(session: Session, numbers: Collection[int]) -> dict[int, Promise]:
    """Case number → the promise whose time comes first, or passed first, where an answer is owed."""
    rows = session.scalars(_next_owed(dialect_of(session)), {"numbers": list(numbers)})
    return {row.case_number: row for row in rows}


@cache
def _next_owed(dialect: str) -> Select[Promise]:
    query = select(Promise).where(among(dialect, Promise.case_number), *_OWED)
    return query.order_by(Promise.due_at.desc(), Promise.id.desc())


def of_case(session: Session, number: int) -> Sequence[Promise]:
    """Everything that was ever promised in a case, the oldest first."""
    return session.scalars(select(Promise).where(Promise.case_number == number).order_by(Promise.id)).all()


def last_in(session: Session, numbers: Collection[int]) -> dict[int, Promise]:
    """Case number → what was promised there last, whatever became of it."""
    query = select(Promise).where(Promise.case_number.in_(numbers)).order_by(Promise.id)
    return {row.case_number: row for row in session.scalars(query)}


def next_steps_in(session: Session, numbers: Collection[int]) -> dict[int, str]:
    """Case number → what its last handover note names as the next step."""
    query = select(Handover.case_number, Handover.next_step).where(Handover.case_number.in_(numbers)).order_by(Handover.id)
    return {number: step for number, step in session.execute(query) if step}


def due_between(session: Session, begin: datetime, end: datetime) -> Sequence[Promise]:
    """The promises whose time lies in [begin, end), less those in cases that are there for nobody.

    Kept and broken are what «kept ÷ due» counts; what was renewed or dropped before its time was due no more.
    """
    there = Case.spam_at.is_(None), Case.withdrawn_at.is_(None), Case.merged_into.is_(None)
    query = select(Promise).join(Case, Case.number == Promise.case_number).where(*there)
    return session.scalars(query.where(Promise.due_at >= begin, Promise.due_at < end).order_by(Promise.due_at, Promise.id)).all()


@dataclass(frozen=True)
class Named:
    """The time that an acknowledgement names, and whether the desk's own days past tell it or its deadline."""

    at: datetime
    by: policy.Naming


@dataclass(frozen=True)
class Basis:
    """What a time can be named by: how long it took lately, and what the deadline says."""

    lately: AnswerTime
    deadline: Allowance | None


def basis(session: Session, team_id: int | None, *, now: datetime, number: int | None = None) -> Basis:
    """For a case, or for one as it usually comes to this team."""
    terms = clocks.terms(session, number) if number is not None else None
    deadline = terms.allowances.get("first-response") if terms else _usual_deadline(session, team_id) if number is None else None
    return Basis(answer_times.of_team(session, team_id, now=now), deadline)


def answer_by(session: Session, team_id: int | None, known: Basis, naming: str, *, now: datetime) -> Named | None:
    """The time that people are told in which they hear from us; None where none can be named honestly, or none shall be."""
    hours, lately = answer_times.hours_of(session, team_id), known.lately
    if naming == "none":
        return None
    if naming == "own" and lately.cases >= policy.FEWEST:
        at = policy.honest_time(lately.seconds, hours, now) if lately.seconds is not None else None
        return Named(at, "own") if at is not None else None
    at = policy.by_deadline(known.deadline, hours, now) if known.deadline is not None else None
    return Named(at, "policy") if at is not None else None


def due_to_look(session: Session, now: datetime, *, limit: int) -> Sequence[int]:
    """The ids of the promises at which the sweep has to look now, the longest due first."""
    query = select(Promise.id).where(Promise.look_at < now).order_by(Promise.look_at, Promise.id)
    return session.scalars(query.limit(limit)).all()


def how_many_to_look_at(session: Session, now: datetime) -> tuple[int, int]:
    """(At how many promises the sweep has to look now, how many there are that it may ever have to look at.)"""
    due = func.count().filter(Promise.look_at < now)
    return tuple(session.execute(select(due, func.count()).where(Promise.look_at.is_not(None))).one())  # type: ignore[return-value]


def _usual_deadline(session: Session, team_id: int | None) -> Allowance | None:
    for row in clocks.policies(session, active_only=True):
        if row.team_id in (None, team_id) and row.priority in (None, "normal") and row.tag_id is None and not row.customers:
            return clocks.allowances(row).get("first-response")
    return None
