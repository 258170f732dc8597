"""How much there is to do: what came in, what was solved, what is left, and with whom it lies."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.models import Agent, Case
from helpdesk.reports import amounts, arrivals, backlog, figures, persons, teams, trends
from helpdesk.reports.escalation import standing
from helpdesk.reports.reading import Reading
from helpdesk.reports.report import Behind, Cell, Figure, Listing, Report, Scope


def collect(session: Session, scope: Scope, reader: Agent) -> Report:
    """The report of a period, as this reader may know it."""
    reading = Reading(session, scope, reader)
    opened = trends.line(reading, "opened-over-time", "opened", lambda period: amounts.count(reading.number("opened", period)))
    solved = trends.line(reading, "resolved-over-time", "resolved", lambda period: amounts.count(figures.solved(reading, period)))
    return Report(
        "workload",
        scope,
        figures=[
            figures.count(reading, "opened"),
            figures.count(reading, "arrivals"),
            figures.count(reading, "sent"),
            figures.solved_figure(reading),
            *standing(reading),
            unassigned(reading),
        ],
        charts=[
            backlog.by_age(reading),
            opened,
            solved,
            teams.counts(reading, "opened"),
            teams.counts(reading, "sent"),
            arrivals.heat(reading),
        ],
        lists=[load(reading), *persons.listing(reading)],
    )


def unassigned(reading: Reading) -> Figure:
    """How many of the cases that are not solved nobody holds now."""
    number = backlog.unassigned(reading, reading.until(reading.scope.period))
    return Figure("unassigned", amounts.count(number), behind=Behind("unassigned"))


def load(reading: Reading) -> Listing:
    """What lies with each team now: cases that are not solved, cases in which somebody waits for us, and messages sent."""
    scope, cases = reading.scope, reading.going_on("unsolved", reading.scope.now)
    query = (
        select(Case.team_id, func.count(), func.count(Case.waiting_since)).where(Case.number.in_(cases)).group_by(Case.team_id)
    )
    found: dict[str, list[int]] = {}
    for team_id, number, waits in reading.session.execute(query):
        row = found.setdefault(reading.groups.said(team_id), [0, 0, 0])
        row[0], row[1] = row[0] + number, row[1] + waits
    for (kind, team_id), (number, _total) in reading.counts(scope.period).items():
        if kind == "sent" and (reading.teams is None or team_id in reading.teams):
            found.setdefault(reading.groups.said(team_id), [0, 0, 0])[2] += number
    rows: list[list[Cell]] = [[name, *numbers] for name, numbers in sorted(found.items(), key=lambda one: -one[1][0])]
    return Listing("load", ("team", "backlog", "waits", "sent"), rows)
