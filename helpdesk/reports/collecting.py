"""All reports by their names, and the figures in them that lead somewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy.orm import Session

from helpdesk.models import Agent
from helpdesk.reports import continuity, daily, doors, escalation, friction, service_levels, workload
from helpdesk.reports.report import Bars, Behind, Heat, Line, Name, Report, Scope

COLLECT: dict[Name, Callable[[Session, Scope, Agent], Report]] = {
    "escalation": escalation.collect,
    "daily": daily.collect,
    "friction": friction.collect,
    "service-levels": service_levels.collect,
    "workload": workload.collect,
    "continuity": continuity.collect,
    "doors": doors.collect,
}


def collect(session: Session, name: Name, scope: Scope, reader: Agent) -> Report:
    """The report of this name."""
    return COLLECT[name](session, scope, reader)


def leads(report: Report) -> Iterator[tuple[Behind, float | None]]:
    """Every link of a report to the cases behind a figure, with the number of them that it has to lead to."""
    for figure in report.figures:
        if figure.behind is not None:
            yield figure.behind, _number(figure.amount.value, figure.amount.of, figure.amount.kind, figure.behind)
        if figure.behind_waiting is not None:
            yield figure.behind_waiting, figure.waiting
    for chart in report.charts:
        if isinstance(chart, Heat):
            continue
        parts = chart.bars if isinstance(chart, Bars) else chart.points if isinstance(chart, Line) else ()
        for part in parts:
            if part.behind is not None:
                yield part.behind, _number(part.value.value, part.value.of, part.value.kind, part.behind)
    for listing in report.lists:
        if listing.behind is not None:
            yield listing.behind, len(listing.rows) + listing.more


def _number(value: float | None, of: int | None, kind: str, behind: Behind) -> float | None:
    if kind == "count":
        return value
    if kind == "share" and behind.part != "all":
        return (value or 0) if behind.part == "met" else (of or 0) - (value or 0)
    return of
