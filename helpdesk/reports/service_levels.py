"""Whether deadlines were met: each clock, each team, over time; and by how much the others were missed."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models import Agent, Case, Measure
from helpdesk.policies.measures import CLOCKS
from helpdesk.reports import amounts, figures, trends
from helpdesk.reports.reading import Reading
from helpdesk.reports.report import Amount, Bar, Bars, Behind, CaseLink, Cell, Listing, Report, Scope

SHOWN = 20


def collect(session: Session, scope: Scope, reader: Agent) -> Report:
    """The report of a period, as this reader may know it."""
    reading = Reading(session, scope, reader)
    met = trends.line(reading, "deadlines", lambda period: amounts.share(*figures.share_in(reading, "deadlines", period)))
    shares = [figures.share(reading, f"deadline-{clock}") for clock in CLOCKS]
    stretches = ("first-response", "next-reply", "resolution", "first-resolution", "their-time")
    return Report(
        "service-levels",
        scope,
        figures=[
            *shares,
            figures.promises(reading),
            *(figures.stretch(reading, key) for key in stretches),
            figures.count(reading, "unanswered"),
        ],
        charts=[met, by_team(reading, "deadlines"), by_clock(reading)],
        lists=[missed(reading)],
    )


def by_team(reading: Reading, key: str) -> Bars:
    """A share of each team, or of the small teams together."""
    period, before = reading.scope.period, reading.scope.before
    bars = []
    kinds = [kind for some in figures.SHARES[key] for kind in some]
    for group in reading.teams_with(kinds, period, before):
        teams = reading.groups.teams(group)
        now, then = (amounts.share(*figures.share_in(reading, key, one, teams)) for one in (period, before))
        name, is_key = reading.groups.name(group)
        bars.append(Bar(name, now, then, Behind(f"teams-{key}", group=group), is_key=is_key))
    return Bars(f"teams-{key}", bars)


def by_clock(reading: Reading) -> Bars:
    """How many deadlines of each kind were missed."""
    bars = []
    for clock in CLOCKS:
        now, then = (
            amounts.count(reading.number(f"{clock}-missed", one)) for one in (reading.scope.period, reading.scope.before)
        )
        bars.append(Bar(clock, now, then, Behind(f"deadline-{clock}", "missed")))
    return Bars("missed", bars)


def missed(reading: Reading) -> Listing:
    """The deadlines that were missed, those that run still first, then by how much."""
    kinds = [f"{clock}-missed" for clock in CLOCKS]
    ids = reading.measured(kinds, reading.scope.period).with_only_columns(Measure.id)
    late = Measure.working if reading.scope.time == "working" else Measure.value
    columns = (
        Measure.case_number,
        Case.subject,
        Measure.kind,
        Measure.at,
        late.label("late"),
        Measure.team_id,
    )
    query = select(*columns).join(Case, Case.number == Measure.case_number)
    order = (late.is_not(None), Measure.at, Measure.id)
    rows = reading.session.execute(query.where(Measure.id.in_(ids)).order_by(*order).limit(SHOWN)).all()
    cells: list[list[Cell]] = [
        [
            CaseLink(row.case_number, row.subject),
            f":{row.kind.removesuffix('-missed')}",
            row.at,
            Amount("seconds", row.late) if row.late is not None else ":running",
            reading.groups.said(row.team_id),
        ]
        for row in rows
    ]
    number = sum(reading.number(kind, reading.scope.period) for kind in kinds)
    return Listing(
        "missed",
        ("case", "clock", "due-at", "overdue-by", "team"),
        cells,
        more=number - len(cells),
        behind=Behind("deadlines", "missed"),
    )
