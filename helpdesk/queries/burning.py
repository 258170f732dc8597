"""Which cases burn: a deadline or a promise is broken, at risk, or comes within some working hours.  Each is also a view of the list of cases."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from helpdesk.models import Case, CaseClock, Promise, Team
from helpdesk.policies import sla
from helpdesk.policies.sla import Clock
from helpdesk.queries import clocks

AN_HOUR = 3600
WITHIN = {"due-2": 2, "due-8": 8}  # views of what is due in so many working hours


def broken(now: datetime) -> ColumnElement[bool]:
    """The nearest deadline of the case passed while its clock runs."""
    return Case.due_at <= now


def at_risk(now: datetime) -> ColumnElement[bool]:
    """Nothing is broken, and so much of the time until a deadline, or a promised one, is gone that somebody is warned.

    Of clocks it is policies.sla.is_at_risk, of promises that the sweep looked, or is about to.
    """
    runs = CaseClock.stopped_at.is_(None), CaseClock.paused_at.is_(None), CaseClock.alarm_at.is_not(None)
    warned = CaseClock.due_at > now, or_(CaseClock.alarm_at <= now, CaseClock.alarm_at >= CaseClock.due_at)
    clocks_near = select(CaseClock.case_number).where(*runs, *warned)
    looked = or_(Promise.warned_at.is_not(None), Promise.look_at <= now)
    promises_near = select(Promise.case_number).where(Promise.look_at.is_not(None), Promise.due_at > now, looked)
    return and_(Case.due_at > now, or_(Case.number.in_(clocks_near), Case.number.in_(promises_near)))


def due_within(session: Session, now: datetime, working_hours: int) -> ColumnElement[bool]:
    """The nearest deadline comes within so many working hours, each case by the calendar of its team."""
    hours_of, standard = clocks.hours_of(session), clocks.standard(session).id
    teams: dict[int, list[int]] = {}
    for team_id, calendar_id in session.execute(select(Team.id, Team.calendar_id)):
        if calendar_id is not None and calendar_id != standard:
            teams.setdefault(calendar_id, []).append(team_id)

    def ends(calendar_id: int) -> ColumnElement[bool]:
        until = hours_of(calendar_id).add(now, working_hours * AN_HOUR)
        return Case.due_at <= until if until is not None else true()

    others = [and_(Case.team_id.in_(ids), ends(calendar_id)) for calendar_id, ids in teams.items()]
    if not others:
        return and_(Case.due_at > now, ends(standard))
    special = [team_id for ids in teams.values() for team_id in ids]
    usual = or_(Case.team_id.is_(None), Case.team_id.not_in(special))
    return and_(Case.due_at > now, or_(and_(usual, ends(standard)), *others))


def worst(session: Session, numbers: Collection[int], now: datetime) -> dict[int, Clock]:
    """Case number → its worst clock: what is broken, then what is at risk, then what is due first."""
    rows = clocks.running(session, numbers)
    return dict(sorted(rows, key=lambda row: _badness(row[1], now), reverse=True))


def _badness(clock: Clock, now: datetime) -> tuple[int, datetime]:
    rank = 0 if sla.is_broken(clock, now) else 1 if sla.is_at_risk(clock, now) else 2
    return rank, clock.due_at or now
