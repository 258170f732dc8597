"""What the clocks go by: calendars, policies, and the clocks of cases."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import fields
from datetime import date, tzinfo
from functools import cache
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session, joinedload, selectinload

from helpdesk.db import house
from helpdesk.models import Calendar, Case, CaseClock, CaseTag, DeadlinePolicy, Person, Team
from helpdesk.policies import public_holidays, sla
from helpdesk.policies.clocks import Facts, Terms
from helpdesk.policies.deadlines import Fit
from helpdesk.policies.hours import Hours, Span
from helpdesk.policies.sla import KINDS, Clock, Kind
from helpdesk.queries.one_of import among, dialect_of

FIELDS = [one.name for one in fields(Clock)]
_WITH_CLOSED = select(Calendar).where(Calendar.id == bindparam("calendar")).options(joinedload(Calendar.closed))
COLUMNS: dict[Kind, str] = {"first-response": "first_response", "next-reply": "next_reply", "resolution": "resolution"}


def calendars(session: Session) -> Sequence[Calendar]:
    """All calendars, the standard one first."""
    return session.scalars(
        select(Calendar).options(selectinload(Calendar.closed)).order_by(Calendar.standard.desc(), Calendar.name)
    ).all()


def standard(session: Session) -> Calendar:
    """The calendar of whoever has none of their own."""
    return session.scalars(select(Calendar).where(Calendar.standard).order_by(Calendar.id)).one()


def zone_of_days(session: Session) -> ZoneInfo:
    """In whose days figures count: those of the standard calendar."""
    zone = standard(session).zone
    return ZoneInfo(zone) if zone else house(session).settings.zone


def zone_of(session: Session, team_id: int | None = None) -> tzinfo:
    """In whose days a team counts: those of its calendar, else of the standard one."""
    team = session.get(Team, team_id) if team_id else None
    calendar = session.get_one(Calendar, team.calendar_id) if team and team.calendar_id else standard(session)
    return ZoneInfo(calendar.zone) if calendar.zone else house(session).settings.zone


def policies(session: Session, *, active_only: bool = False) -> Sequence[DeadlinePolicy]:
    """The policies in the order in which they are tried."""
    query = select(DeadlinePolicy).order_by(DeadlinePolicy.place, DeadlinePolicy.id)
    return session.scalars(query.where(DeadlinePolicy.active) if active_only else query).all()


def hours_of(session: Session) -> Callable[[int], Hours]:
    """The working time of a calendar, by its id; worked out once in a transaction."""
    known: dict[int, Hours] = session.info.setdefault("hours", {})

    def hours(calendar_id: int) -> Hours:
        if calendar_id not in known:
            calendar = session.scalars(_WITH_CLOSED, {"calendar": calendar_id}).unique().one()
            known[calendar_id] = working_time(session, calendar)
        return known[calendar_id]

    return hours


def forget_hours(session: Session) -> None:
    """A calendar was changed in this transaction."""
    session.info.pop("hours", None)


def working_time(session: Session, calendar: Calendar) -> Hours:
    """The working time of a calendar as it is now."""
    zone = ZoneInfo(calendar.zone) if calendar.zone else house(session).settings.zone
    week: list[list[Span]] = [sorted((first, behind) for day, first, behind in calendar.hours if day == n) for n in range(7)]
    closed = [(row.first_day, row.last_day) for row in calendar.closed]
    country, region, local = calendar.country, calendar.region, tuple(calendar.local_days)

    def is_free(day: date) -> bool:
        return (
            any(first <= day <= last for first, last in closed)
            or day in public_holidays.public(country, region, day.year)
            or day in public_holidays.local_days(local, day.year)
        )

    return Hours(zone, week, is_free)


def facts(session: Session, number: int) -> Facts | None:
    """A case as it is in this transaction, whatever was read of it before; None where it is there no more."""
    row = session.execute(
        select(Case.state, Case.channel, Case.opened_at, Case.waiting_since, Case.merged_into, Case.spam_at, Case.withdrawn_at)
        .where(Case.number == number)
    ).one_or_none()  # fmt: skip
    if row is None:
        return None
    away = row.merged_into is not None or row.spam_at is not None or row.withdrawn_at is not None
    return Facts(row.state, row.channel == "ours", row.opened_at, row.waiting_since, away)


def terms(session: Session, number: int) -> Terms | None:
    """What is promised in a case: by the first policy that fits it."""
    query = select(Case.team_id, Case.priority, Person.address, Team.calendar_id).join(Person, Case.requester_id == Person.id)
    case = session.execute(query.outerjoin(Team, Case.team_id == Team.id).where(Case.number == number)).one()
    tag_ids = session.scalars(select(CaseTag.tag_id).where(CaseTag.case_number == number)).all()
    for policy in policies(session, active_only=True):
        fit = Fit(policy.team_id, policy.priority, policy.tag_id, policy.customers)
        if fit.fits(team_id=case.team_id, priority=case.priority, tag_ids=tag_ids, addresses=[case.address]):
            calendar_id = case.calendar_id or standard(session).id
            return Terms(policy.id, calendar_id, case.team_id, policy.warn_percent, allowances(policy))
    return None


def allowances(policy: DeadlinePolicy) -> dict[Kind, sla.Allowance]:
    """The deadlines that a policy sets."""
    told = {kind: sla.allowance(getattr(policy, COLUMNS[kind])) for kind in KINDS}
    return {kind: allowance for kind, allowance in told.items() if allowance is not None}


def newest(session: Session, number: int) -> dict[Kind, CaseClock]:
    """The newest clock of each kind in a case."""
    rows = session.scalars(select(CaseClock).where(CaseClock.case_number == number).order_by(CaseClock.id))
    return {cast(Kind, row.kind): row for row in rows}


def as_clock(row: CaseClock) -> Clock:
    """A row as the rules know it."""
    return Clock(**{name: getattr(row, name) for name in FIELDS})


def running(session: Session, numbers: Collection[int]) -> list[tuple[int, Clock]]:
    """(case number, clock) of those that run in these cases, the latest deadline first."""
    rows = session.execute(_running(dialect_of(session)), {"numbers": list(numbers)})
    return [(number, Clock(*fields)) for number, *fields in rows]


def next_due(session: Session, numbers: Collection[int]) -> dict[int, Clock]:
    """Case number → the clock whose deadline comes first, or passed first, where one runs."""
    return dict(running(session, numbers))


@cache
def _running(dialect: str) -> Select[*tuple[Any, ...]]:
    # Read as values: of each row of a list an object would be made, to show a word of it.
    query = select(CaseClock.case_number, *(getattr(CaseClock, name) for name in FIELDS)).where(
        among(dialect, CaseClock.case_number),
        CaseClock.stopped_at.is_(None),
        CaseClock.paused_at.is_(None),
        CaseClock.due_at.is_not(None),
    )
    return query.order_by(CaseClock.due_at.desc(), CaseClock.id.desc())
