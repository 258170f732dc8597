"""How often a customer had to begin anew with somebody else: people who answered, handovers, moves, and cases done with one answer."""

from __future__ import annotations

from sqlalchemy.orm import Session

from helpdesk.models import Agent
from helpdesk.reports import amounts, figures, hands, open_cases, teams, trends
from helpdesk.reports.reading import Reading
from helpdesk.reports.report import Report, Scope


def collect(session: Session, scope: Scope, reader: Agent) -> Report:
    """The report of a period, as this reader may know it."""
    reading = Reading(session, scope, reader)
    noted = trends.line(
        reading,
        "handovers-over-time",
        "handovers-with-note",
        lambda period: amounts.share(*figures.share_in(reading, "handovers-with-note", period)),
    )
    return Report(
        "continuity",
        scope,
        figures=[
            figures.one_and_done(reading),
            hands.several_repliers(reading),
            figures.share(reading, "handovers-with-note"),
            figures.count(reading, "moves"),
            figures.reopened(reading),
            figures.count(reading, "chasers"),
        ],
        charts=[hands.repliers(reading), teams.counts(reading, "moves"), noted],
        lists=[hands.many_repliers(reading), open_cases.reopened_again(reading)],
    )
