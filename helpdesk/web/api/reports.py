"""The supervisor's reports as numbers, and the cases behind each of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, cast, get_args

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.reports import asked
from helpdesk.reports.report import (
    Amount,
    Bars,
    Behind,
    CaseLink,
    Cell,
    Figure,
    Heat,
    Line,
    Listing,
    Name,
    Part,
    Period,
    Report,
    Scope,
)
from helpdesk.reports.shelf import SHELF, Shelf
from helpdesk.web.access import agent, needs, session
from helpdesk.web.api import parameters
from helpdesk.web.api.errors import Refused
from helpdesk.web.api.shapes import Json, instant

bp = Blueprint("reports", __name__)

PARTS: tuple[Part, ...] = get_args(Part)
SCOPE = ("from", "to", "team", "tag", "time")


@bp.get("/reports/<report>")
@needs("report.read")
def one(report: str) -> ResponseReturnValue:
    """The figures of a period, as the agent may know them."""
    known = named(report)
    return shape(_shelf().collect(session(), known, scope_of(known, SCOPE), agent()))


@bp.get("/reports/<report>/cases")
@needs("report.read")
def behind(report: str) -> ResponseReturnValue:
    """The cases behind one figure, as its `behind` names it; one number for each that the figure counts."""
    known = named(report)
    scope = scope_of(known, (*SCOPE, "figure", "part", "group"))
    part = cast(Part, parameters.one_of("part", PARTS) or "all")
    wanted = Behind(parameters.text("figure"), part, parameters.text("group"))
    return {"cases": list(_shelf().behind(session(), wanted, scope, agent()))}


def shape(report: Report) -> Json:
    """A report as JSON."""
    scope = report.scope
    return {
        "name": report.name,
        "period": _period(scope.period),
        "before": _period(scope.before),
        "as_of": instant(scope.now),
        "time": scope.time,
        "team": scope.team_id,
        "tag": scope.tag,
        "fields": dict(scope.fields),
        "figures": [_figure(one) for one in report.figures],
        "charts": [_chart(one) for one in report.charts],
        "lists": [_listing(one) for one in report.lists],
    }


def _shelf() -> Shelf:
    return cast(Shelf, current_app.extensions["holdline"].shelf or SHELF)


def named(name: str) -> Name:
    """The report of this name.  Raises Refused."""
    known = asked.named(name)
    if known is None or known not in _shelf().names:
        raise Refused(404, f"There is no report “{name}”.")
    return known


def scope_of(name: Name, permitted: Iterable[str]) -> Scope:
    """What this request asks for.  Raises Refused."""
    fields = [key for key in request.args if key.startswith(asked.FIELD)]
    parameters.only((*permitted, *fields))
    parameters.one_of("time", ("working", "calendar"))
    try:
        scope = asked.scope(session(), name, request.args, now=clock.now())
    except asked.NotAPeriod as error:
        raise Refused(400, str(error), field="from") from None
    if parameters.text("team") and scope.team_id is None:
        raise Refused(400, "“team” is the number of a team.", field="team")
    return scope


def _figure(figure: Figure) -> Json:
    return {
        "key": figure.key,
        "amount": _amount(figure.amount),
        "nine_of_ten": _amount(figure.nine_of_ten),
        "still_waiting": figure.waiting,
        "before": _amount(figure.before),
        "so_far": figure.so_far,
        "behind": _behind(figure.behind),
        "behind_waiting": _behind(figure.behind_waiting),
        "list_at": figure.list_at or None,
    }


def _chart(chart: Bars | Line | Heat) -> Json:
    if isinstance(chart, Heat):
        cells = [{"weekday": weekday, "hour": hour, "mean": mean} for (weekday, hour), mean in sorted(chart.cells.items())]
        return {"key": chart.key, "kind": "heat", "parts": cells}
    if isinstance(chart, Line):
        points = [
            {
                "period": _period(one.period),
                "amount": _amount(one.value),
                "before": _amount(one.before),
                "behind": _behind(one.behind),
            }
            for one in chart.points
        ]
        return {"key": chart.key, "kind": "line", "parts": points, "since": instant(chart.since) if chart.since else None}
    bars = [
        {"name": one.name, "amount": _amount(one.value), "before": _amount(one.before), "behind": _behind(one.behind)}
        for one in chart.bars
    ]
    return {"key": chart.key, "kind": "bars", "parts": bars}


def _listing(listing: Listing) -> Json:
    rows = [{column: _cell(cell) for column, cell in zip(listing.columns, row, strict=True)} for row in listing.rows]
    return {"key": listing.key, "rows": rows, "more": listing.more, "behind": _behind(listing.behind)}


def _cell(cell: Cell) -> Any:
    match cell:
        case Amount():
            return _amount(cell)
        case CaseLink():
            return {"number": cell.number, "subject": cell.subject}
        case datetime():
            return instant(cell)
        case date():
            return cell.isoformat()
        case str():
            return cell.removeprefix(":")
    return cell


def _amount(amount: Amount | None) -> Json | None:
    return {"kind": amount.kind, "value": amount.value, "of": amount.of} if amount is not None else None


def _behind(behind: Behind | None) -> Json | None:
    return {"figure": behind.figure, "part": behind.part, "group": behind.group} if behind is not None else None


def _period(period: Period) -> Json:
    return {"from": period.first.isoformat(), "to": period.last.isoformat()}
