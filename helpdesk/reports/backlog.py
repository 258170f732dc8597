"""The cases that were not solved at an instant: how many, how old, and which wait longest."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from helpdesk.models import Case, CaseClock, Measure
from helpdesk.policies.backlog import AGES, age
from helpdesk.reports.reading import Reading
from helpdesk.reports.report import Amount, Bar, Bars, Behind


def ages(reading: Reading, at: datetime) -> dict[int, str]:
    """Case number → its age, of those that were not solved at an instant."""
    number, opened_at, team_id = Case.number, Case.opened_at, Case.team_id
    rows = reading.session.execute(select(number, opened_at, team_id).where(number.in_(reading.going_on("unsolved", at))))
    found = {}
    for row in rows:
        hours = reading.hours_of(row.team_id)
        found[row.number] = AGES[age(hours.between(row.opened_at, at), hours.usual_day())]
    return found


def by_age(reading: Reading) -> Bars:
    """The backlog at the end of the period by age, beside that at its beginning."""
    scope = reading.scope
    now, before = (Counter(ages(reading, at).values()) for at in (reading.until(scope.period), scope.before.ends_at))
    bars = [Bar(name, Amount("count", now[name]), Amount("count", before[name]), Behind("backlog", group=name)) for name in AGES]
    return Bars("backlog-by-age", bars)


def longest_wait(reading: Reading, at: datetime) -> Amount:
    """How long the longest wait is at an instant, in the time that is asked for; of how many."""
    waits = select(Measure.team_id, func.min(Measure.began_at), func.count())
    waits = waits.where(Measure.id.in_(_going_on(reading, at))).group_by(Measure.team_id)
    longest, number = None, 0
    for team_id, since, some in reading.session.execute(waits):
        assert since is not None  # it is one of the conditions
        seconds = (
            reading.hours_of(team_id).between(since, at) if reading.scope.time == "working" else (at - since).total_seconds()
        )
        longest, number = max(longest or 0, seconds), number + some
    return Amount("seconds", longest, number)


def _going_on(reading: Reading, at: datetime) -> Any:
    return reading.going_on("wait", at).with_only_columns(Measure.id)


def late(reading: Reading) -> Select[int]:
    """The cases in which a deadline has passed and its clock runs on now."""
    now = reading.scope.now
    runs = CaseClock.stopped_at.is_(None), CaseClock.paused_at.is_(None), CaseClock.due_at < now
    return select(Case.number).where(
        Case.number.in_(select(CaseClock.case_number).where(*runs)), Case.number.in_(reading.going_on("unsolved", now))
    )
