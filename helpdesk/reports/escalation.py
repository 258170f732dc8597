"""The escalation report: what is old, what was promised and not kept, what came back, and who had to be called."""

from __future__ import annotations

from sqlalchemy.orm import Session

from helpdesk.models import Agent
from helpdesk.reports import amounts, arrivals, backlog, escalations, figures, hands, open_cases, over_time, trends
from helpdesk.reports.reading import Reading
from helpdesk.reports.report import Behind, Figure, Report, Scope


def collect(session: Session, scope: Scope, reader: Agent) -> Report:
    """The report of a period, as this reader may know it."""
    reading = Reading(session, scope, reader)
    kept = trends.line(
        reading, "promises-kept", "promises", lambda period: amounts.share(*figures.share_in(reading, "promises", period))
    )
    return Report(
        "escalation",
        scope,
        figures=[
            figures.stretch(reading, "first-response"),
            figures.stretch(reading, "next-reply"),
            figures.stretch(reading, "resolution"),
            figures.promises(reading),
            figures.reopened(reading),
            *standing(reading),
            figures.count(reading, "chasers"),
            *escalations.of_period(reading),
        ],
        charts=[backlog.by_age(reading), escalations.by_reason(reading), kept, *over_time.line(reading), arrivals.heat(reading)],
        lists=[
            open_cases.oldest(reading),
            escalations.listing(reading),
            open_cases.reopened_again(reading),
            hands.many_repliers(reading),
            *over_time.listing(reading),
        ],
    )


def standing(reading: Reading) -> list[Figure]:
    """How things stand at the end of the period: the backlog, and the longest wait in it."""
    at, before = reading.until(reading.scope.period), reading.scope.before.ends_at
    now, then = amounts.count(reading.waiting("unsolved", at)), amounts.count(backlog.number(reading, before))
    longest, longest_before = backlog.longest_wait(reading, at), backlog.longest_wait(reading, before)
    return [
        Figure("backlog", now, before=then, behind=Behind("backlog")),
        Figure("longest-wait", longest, before=longest_before, behind=Behind("longest-wait")),
    ]
