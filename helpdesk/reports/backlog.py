"""The cases that were not solved at an instant: how many, how old, and which wait longest."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, select

from helpdesk.models import Case, CaseClock, Measure, Snapshot, SnapshotHour, Team
from helpdesk.policies.backlog import AGES, opened_until
from helpdesk.reports.reading import Reading, is_of
from helpdesk.reports.report import Amount, Bar, Bars, Behind


def of_age(reading: Reading, at: datetime, name: str) -> Select[int]:
    """The cases of one age, of those that were not solved at an instant."""
    unsolved = Case.number.in_(reading.going_on("unsolved", at))
    return select(Case.number).where(unsolved, _place(reading, at) == AGES.index(name))


def _ages(reading: Reading, at: datetime) -> Counter[str]:
    found: Counter[str] = Counter()
    for place, number, _free in _by_age(reading, at):
        found[AGES[place]] += number
    return found


def unassigned(reading: Reading, at: datetime) -> int:
    """How many of the cases that were not solved at an instant nobody holds now."""
    return sum(free for _place, _number, free in _by_age(reading, at))


def _by_age(reading: Reading, at: datetime) -> Sequence[Any]:
    """(place in AGES, how many cases, how many of them nobody holds now): all cases of a backlog are looked at once."""
    place, free = _place(reading, at), func.sum(case((Case.assignee_id.is_(None), 1), else_=0))
    query = select(place, func.count(), free).where(Case.number.in_(reading.going_on("unsolved", at))).group_by(place)
    return reading.once(("by age", at), lambda: reading.session.execute(query).all())


def _place(reading: Reading, at: datetime) -> ColumnElement[int]:
    """The place in AGES of a case, by the working time of its team: told by when it was opened, so that no case is looked at singly."""
    teams = defaultdict(list)
    for team_id in reading.session.scalars(select(Team.id).order_by(Team.id)):
        teams[reading.hours_of(team_id)].append(team_id)
    theirs = [(Case.team_id.in_(some), _by_opening(opened_until(hours, at))) for hours, some in teams.items()]
    of_none = _by_opening(opened_until(reading.hours_of(None), at))
    return case(*theirs, else_=of_none) if theirs else of_none


def _by_opening(edges: Sequence[datetime | None]) -> ColumnElement[int]:
    older = [(Case.opened_at <= edge, place) for place, edge in enumerate(edges) if place and edge is not None]
    return case(*reversed(older), else_=0) if older else literal(0)


def by_age(reading: Reading) -> Bars:
    """The backlog at the end of the period by age, beside that at its beginning."""
    scope = reading.scope
    now, before = _ages(reading, reading.until(scope.period)), _ages_then(reading, scope.before.ends_at)
    bars = [Bar(name, Amount("count", now[name]), Amount("count", before[name]), Behind("backlog", group=name)) for name in AGES]
    return Bars("backlog-by-age", bars)


def number(reading: Reading, at: datetime) -> int:
    """How many cases were not solved at an instant, by its snapshot where that tells all that the reader may know."""
    snapshot = _snapshot(reading, at)
    return reading.waiting("unsolved", at) if snapshot is None else sum(snapshot.values())


def _ages_then(reading: Reading, at: datetime) -> Counter[str]:
    snapshot = _snapshot(reading, at)
    return _ages(reading, at) if snapshot is None else snapshot


def _snapshot(reading: Reading, at: datetime) -> Counter[str] | None:
    """How many there were of each age at a full hour; None where none was written, or it would not be what is asked for."""
    if reading.is_filtered or reading.knows_apart or reading.session.get(SnapshotHour, at) is None:
        return None
    query = select(Snapshot.age, func.sum(Snapshot.number)).where(Snapshot.at == at, is_of(Snapshot.team_id, reading.teams))
    return Counter({AGES[place]: int(some) for place, some in reading.session.execute(query.group_by(Snapshot.age))})


def longest_wait(reading: Reading, at: datetime) -> Amount:
    """How long the longest wait is at an instant, in the time that is asked for; of how many."""
    longest, number = None, 0
    for team_id, since, some in reading.counted("wait", at, func.min(Measure.began_at), func.count()):
        hours = reading.hours_of(team_id)
        seconds = hours.between(since, at) if reading.scope.time == "working" else (at - since).total_seconds()
        longest, number = max(longest or 0, seconds), number + some
    return Amount("seconds", longest, number)


def late(reading: Reading) -> Select[int]:
    """The cases in which a deadline has passed and its clock runs on now."""
    now = reading.scope.now
    runs = CaseClock.stopped_at.is_(None), CaseClock.paused_at.is_(None), CaseClock.due_at < now
    # Not looked up for each clock: SQLite would go through all that is not solved every time.
    unsolved = CaseClock.case_number.in_(reading.still_going("unsolved", now))
    return select(CaseClock.case_number).where(*runs, unsolved).distinct()
