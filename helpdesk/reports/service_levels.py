"""Whether deadlines were met: each clock, each team, over time; and by how much the others were missed."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models import Agent, Case, Measure
from helpdesk.policies.measures import CLOCKS
from helpdesk.reports import amounts, figures, teams, trends
from helpdesk.reports.reading import Reading
from helpdesk.reports.report import Amount, Bar, Bars, Behind, CaseLink, Cell, Listing, Report, Scope

SHOWN = 20


def collect(session: Session, scope: Scope, reader: Agent) -> Report:
    """The report of a period, as this reader may know it."""
    reading = Reading(session, scope, reader)
    met = trends.line(
        reading,
        "compliance-over-time",
        "compliance",
        lambda period: amounts.share(*figures.share_in(reading, "compliance", period)),
    )
    shares = [figures.share(reading, f"compliance-{clock}") for clock in CLOCKS]
    stretches = ("first-response", "next-reply", "resolution", "first-resolution", "waited-for-customer")
    return Report(
        "service-levels",
        scope,
        figures=[
            *shares,
            figures.promises(reading),
            *(figures.stretch(reading, key) for key in stretches),
            figures.count(reading, "unanswered"),
        ],
        charts=[met, teams.shares(reading, "compliance"), teams.medians(reading, "first-response"), by_clock(reading)],
        lists=[missed(reading)],
    )


def by_clock(reading: Reading) -> Bars:
    """How many deadlines of each kind were missed."""
    bars = []
    for clock in CLOCKS:
        now, then = (
            amounts.count(reading.number(f"{clock}-missed", one)) for one in (reading.scope.period, reading.scope.before)
        )
        bars.append(Bar(clock, now, then, Behind(f"compliance-{clock}", "missed")))
    return Bars("breaches", bars)


def missed(reading: Reading) -> Listing:
    """The deadlines that were missed, those that run still first, then by how much."""
    kinds = [f"{clock}-missed" for clock in CLOCKS]
    # The rows are few, and are sorted out by their numbers alone, before anything is looked up of their cases.
    worst = reading.measured(kinds, reading.scope.period).with_only_columns(Measure.id)
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
    order = (late.is_not(None), late.desc(), Measure.at, Measure.id)
    worst = worst.order_by(*order).limit(SHOWN)
    rows = reading.session.execute(query.where(Measure.id.in_(reading.session.scalars(worst).all())).order_by(*order)).all()
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
        "breaches",
        ("case", "clock", "due", "overdue", "team"),
        cells,
        more=number - len(cells),
        behind=Behind("compliance", "missed"),
    )
