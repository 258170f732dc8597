"""The cases behind a figure: exactly those that it counts, one number for each measure, so a case with two waits is named twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from helpdesk.models import Agent, Case, Measure
from helpdesk.policies.backlog import AGES
from helpdesk.reports import asked, backlog, doors, escalations, figures, hands, marks, open_cases, satisfaction
from helpdesk.reports.reading import Reading
from helpdesk.reports.report import Behind, Period, Scope

Parts = Sequence[Select[int]]
TEAM = "team-"  # before the group of teams of a bar
SPAN = "/"  # between the first and the last day of a point on a line: «2026-11-02/2026-11-08»
HOURS = 24
_CELL = re.compile(r"([0-6])-(1?[0-9]|2[0-3])")  # weekday and hour


def behind(session: Session, asked_for: Behind, scope: Scope, reader: Agent) -> list[int]:
    """The numbers of the cases; none for a figure that there is not."""
    return sorted(number for part in parts(session, asked_for, scope, reader) for number in session.scalars(part))


def parts(session: Session, asked_for: Behind, scope: Scope, reader: Agent) -> Parts:
    """The same as it is asked for: all that the one or the other finds."""
    reading = Reading(session, scope, reader)
    period, teams = scope.period, None
    if SPAN in asked_for.group:
        period = _period(reading, asked_for.group)
    elif asked_for.group.startswith(TEAM):
        teams = reading.groups.teams(asked_for.group.removeprefix(TEAM))
    return _find(reading, asked_for, period, teams)


def span(period: Period) -> str:
    """How a point on a line is named."""
    return f"{period.first.isoformat()}{SPAN}{period.last.isoformat()}"


def _find(reading: Reading, wanted: Behind, period: Period, teams: list[int] | None) -> Parts:
    figure = wanted.figure
    if figure in figures.STRETCHES:
        kind, waits = figures.STRETCHES[figure]
        if wanted.part == "waiting":
            return reading.each_going_on(waits, reading.until(period)) if waits else []
        return [reading.measured([kind], period, teams)]
    if figure in figures.SHARES:
        met, missed = figures.SHARES[figure]
        kinds = {"met": met, "missed": missed}.get(wanted.part, (*met, *missed))
        return [reading.measured(kinds, period, teams)]
    if figure in _OTHERS:
        return _OTHERS[figure](reading, wanted, period)
    if figure in figures.COUNTS:
        return [reading.measured([figures.COUNTS[figure]], period, teams)]
    others = (escalations, hands, marks, doors, satisfaction)
    return [some.behind(reading, wanted, period) for some in others if figure in some.BEHIND]


def _reopened(reading: Reading, wanted: Behind, period: Period) -> Parts:
    undone = figures.first_time(reading, "reopened", period)
    return [undone] if wanted.part == "met" else _rest(reading, period, undone, wanted)


def _one_and_done(reading: Reading, wanted: Behind, period: Period) -> Parts:
    once = reading.measured(["one-and-done"], period)
    return [once] if wanted.part == "met" else _rest(reading, period, once, wanted)


def _rest(reading: Reading, period: Period, some: Select[int], wanted: Behind) -> Parts:
    """All that were solved, or those of them that are not among `some`."""
    solved = _solved(reading, wanted, period)
    return solved if wanted.part == "all" else [part.where(Measure.case_number.not_in(some)) for part in solved]


def _solved(reading: Reading, _wanted: Behind, period: Period) -> Parts:
    return [reading.measured(["first-resolution"], period), figures.first_time(reading, "solved-again", period)]


def _backlog(reading: Reading, wanted: Behind, period: Period) -> Parts:
    if wanted.group not in AGES:
        return reading.each_going_on("unsolved", reading.until(period))
    return [backlog.of_age(reading, reading.until(period), wanted.group)]


def _longest_wait(reading: Reading, _wanted: Behind, period: Period) -> Parts:
    return reading.each_going_on("wait", reading.until(period))


def _unassigned(reading: Reading, _wanted: Behind, period: Period) -> Parts:
    going_on = reading.going_on("unsolved", reading.until(period))
    return [select(Case.number).where(Case.number.in_(going_on), Case.assignee_id.is_(None))]


def _arrivals(reading: Reading, wanted: Behind, period: Period) -> Parts:
    query = reading.measured(["arrived"], period)
    cell = _CELL.fullmatch(wanted.group)
    return [query.where(Measure.value == int(cell[1]) * HOURS + int(cell[2])) if cell else query]  # or all of them


def _period(reading: Reading, text: str) -> Period:
    first, _, last = text.partition(SPAN)
    zone = asked.zone_of(reading.session, reading.scope.team_id)
    try:
        days = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return reading.scope.period
    return asked.period(days, zone) if asked.EARLIEST <= days[0] <= days[1] <= asked.LATEST else reading.scope.period


_OTHERS: dict[str, Callable[[Reading, Behind, Period], Parts]] = {
    "reopened": _reopened,
    "one-and-done": _one_and_done,
    "resolved": _solved,
    "backlog": _backlog,
    "longest-wait": _longest_wait,
    "unassigned": _unassigned,
    "overdue": lambda reading, _wanted, _period: [backlog.late(reading)],
    "arrivals": _arrivals,
    "reopened-again": lambda reading, _wanted, _period: [open_cases.of_reopened_again(reading)],
}
