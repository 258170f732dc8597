"""Cases in rows: what is not solved, with what was promised last and what comes next."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from helpdesk.db import house
from helpdesk.models import Agent, Case, Handover, Measure, Promise, Team
from helpdesk.reports.reading import Reading
from helpdesk.reports.report import Amount, Behind, CaseLink, Cell, Listing

Numbers = Select[int]

SHOWN = 20
COLUMNS = ("case", "age", "state", "team", "holder", "waiting-since", "last-promise", "next-step")


def oldest(reading: Reading) -> Listing:
    """The oldest cases of the backlog.  Beside their ages nobody is named, unless figures may name people."""
    at = reading.until(reading.scope.period)
    numbers = reading.going_on("unsolved", at)
    order = Case.opened_at, Case.number
    first = select(Case.number).where(Case.number.in_(numbers), Case.state != "resolved").order_by(*order).limit(SHOWN)
    shown = reading.session.scalars(first).all()  # before anything is looked up of them
    rows = reading.session.execute(cases().where(Case.number.in_(shown)).order_by(*order)).all()
    all_of_them = reading.waiting("unsolved", at)
    kept = [place for place, column in enumerate(COLUMNS) if column != "holder" or _names_people(reading)]
    cells = [[row[place] for place in kept] for row in rows_of(reading, rows, at)]
    columns = tuple(COLUMNS[place] for place in kept)
    return Listing("oldest", columns, cells, more=max(0, all_of_them - len(cells)), behind=Behind("backlog"))


def rows_of(reading: Reading, rows: Any, at: datetime) -> list[list[Cell]]:
    """Cases as rows, with what was promised in them last and what comes next."""
    promised, steps = _promises(reading, rows), _next_steps(reading, rows)
    return [_row(reading, row, at, promised, steps) for row in rows]


def _row(reading: Reading, row: Any, at: datetime, promised: dict[int, datetime], steps: dict[int, str]) -> list[Cell]:
    hours = reading.hours_of(row.team_id)
    age = hours.between(row.opened_at, at) if reading.scope.time == "working" else (at - row.opened_at).total_seconds()
    return [
        CaseLink(row.number, row.subject), Amount("seconds", max(0, age)), f":{row.state}", row.team, row.holder, row.waiting_since,
        promised.get(row.number), steps.get(row.number),
    ]  # fmt: skip


def reopened_again(reading: Reading) -> Listing:
    """Cases that came back more than once, of which a solution of the period was undone."""
    times = (
        select(Measure.case_number, func.count().label("times")).where(Measure.kind == "reopened").group_by(Measure.case_number)
    )
    often = times.having(func.count() > 1).subquery()
    numbers = select(often.c.case_number).where(often.c.case_number.in_(reading.measured(["reopened"], reading.scope.period)))
    query = select(Case.number, Case.subject, Case.state, often.c.times).join(often, often.c.case_number == Case.number)
    rows = reading.session.execute(query.where(Case.number.in_(numbers)).order_by(often.c.times.desc(), Case.number)).all()
    cells: list[list[Cell]] = [[CaseLink(row.number, row.subject), row.times, f":{row.state}"] for row in rows[:SHOWN]]
    more = max(0, len(rows) - SHOWN)
    return Listing("reopened-again", ("case", "reopenings", "state"), cells, more=more, behind=Behind("reopened-again"))


def of_reopened_again(reading: Reading) -> Select[int]:
    """The cases of that list."""
    often = select(Measure.case_number).where(Measure.kind == "reopened").group_by(Measure.case_number).having(func.count() > 1)
    return reading.measured(["reopened"], reading.scope.period).where(Measure.case_number.in_(often)).distinct()


def _names_people(reading: Reading) -> bool:
    return house(reading.session).settings.person_figures == "named"


def cases() -> Any:
    """What a row says of a case."""
    columns = (Case.number, Case.subject, Case.opened_at, Case.state, Case.team_id, Case.waiting_since)
    query = select(*columns, Team.name.label("team"), Agent.name.label("holder"))
    return query.outerjoin(Team, Team.id == Case.team_id).outerjoin(Agent, Agent.id == Case.assignee_id)


def _promises(reading: Reading, rows: Any) -> dict[int, datetime]:
    """Case number → what was promised last."""
    query = select(Promise.case_number, Promise.due_at).where(Promise.case_number.in_([row.number for row in rows]))
    return {row.case_number: row.due_at for row in reading.session.execute(query.order_by(Promise.id))}


def _next_steps(reading: Reading, rows: Any) -> dict[int, str]:
    """Case number → the next step, as the last handover says it."""
    query = select(Handover.case_number, Handover.next_step).where(Handover.case_number.in_([row.number for row in rows]))
    return {row.case_number: row.next_step for row in reading.session.execute(query.order_by(Handover.id))}
