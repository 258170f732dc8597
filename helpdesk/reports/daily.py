"""The report of the morning: what burns, who has it, and what changed since yesterday."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.models import Agent, Case
from helpdesk.reports import amounts, backlog, escalations, figures, open_cases, over_time
from helpdesk.reports.escalation import standing
from helpdesk.reports.reading import Reading
from helpdesk.reports.report import Behind, Figure, Listing, Report, Scope
from helpdesk.reports.workload import unassigned


def collect(session: Session, scope: Scope, reader: Agent) -> Report:
    """The report of a day, as this reader may know it: ten lines."""
    reading = Reading(session, scope, reader)
    left, longest_wait = standing(reading)
    return Report(
        "daily",
        scope,
        figures=[
            overdue(reading),
            escalations.of_period(reading)[0],
            longest_wait,
            unassigned(reading),
            left,
            figures.count(reading, "opened"),
            figures.solved_figure(reading),
            figures.reopened(reading),
            figures.promises(reading),
            figures.stretch(reading, "next-reply"),
        ],
        charts=over_time.line(reading),
        lists=[burning(reading), escalations.listing(reading), *over_time.listing(reading)],
    )


def overdue(reading: Reading) -> Figure:
    """How many cases are past a deadline now."""
    return Figure("overdue", amounts.count(_number(reading)), behind=Behind("overdue"))


def burning(reading: Reading) -> Listing:
    """Those cases, the one that is late longest first, with who holds them now."""
    at, order = reading.scope.now, (Case.due_at, Case.number)
    first = select(Case.number).where(Case.number.in_(backlog.late(reading))).order_by(*order).limit(open_cases.SHOWN)
    shown = reading.session.scalars(first).all()  # before anything is looked up of them
    rows = reading.session.execute(open_cases.cases().where(Case.number.in_(shown)).order_by(*order)).all()
    cells = open_cases.rows_of(reading, rows, at)
    more = max(0, _number(reading) - len(cells))
    return Listing("burning", open_cases.COLUMNS, cells, more=more, behind=Behind("overdue"))


def _number(reading: Reading) -> int:
    query = select(func.count()).select_from(backlog.late(reading).subquery())
    return reading.once("overdue", lambda: reading.session.scalar(query) or 0)
