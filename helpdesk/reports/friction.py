"""Where it hurt: waited, repeated, sent elsewhere, not told, rude.  And who was praised."""

from __future__ import annotations

from sqlalchemy.orm import Session

from helpdesk.models import Agent
from helpdesk.reports import figures, marks, satisfaction
from helpdesk.reports.reading import Reading
from helpdesk.reports.report import Report, Scope


def collect(session: Session, scope: Scope, reader: Agent) -> Report:
    """The report of a period, as this reader may know it."""
    reading = Reading(session, scope, reader)
    return Report(
        "friction",
        scope,
        figures=[
            *marks.figures(reading),
            *satisfaction.figures(reading),
            figures.count(reading, "chasers"),
            figures.count(reading, "unanswered"),
            figures.stretch(reading, "next-reply"),
            figures.reopened(reading),
        ],
        charts=[marks.by_kind(reading), marks.waiting_by_kind(reading)],
        lists=[marks.hurt(reading), marks.praised(reading), *satisfaction.people(reading)],
    )
